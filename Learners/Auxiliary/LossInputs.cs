using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>What a loss of your own may read: one row for each of the N samples of a minibatch, time-major where there is a memory.</summary>
public sealed class LossInputs
{
    private readonly NetworkEvaluation _evaluation;
    private readonly string _name;

    internal LossInputs(NetworkEvaluation evaluation, string name) => (_evaluation, _name) = (evaluation, name);

    /// <summary>What the network's first layer reads, <c>[N, features]</c>: observations as it takes them. No gradient flows into them.</summary>
    public Value Features => _evaluation[Column.Features(_evaluation.Spec)];

    /// <summary>Actions that were taken, <c>[N, size of an action]</c>; a discrete one is its number.</summary>
    public Value Actions => _evaluation[Column.Actions(_evaluation.Spec)];

    /// <summary>Rewards as they were learned from, <c>[N, 1]</c>.</summary>
    public Value Rewards => _evaluation[Column.Rewards];

    /// <summary>Advantages of the actions, <c>[N, 1]</c>.</summary>
    public Value Advantages => _evaluation[Column.Advantages];

    /// <summary>Targets of the value, <c>[N, 1]</c>.</summary>
    public Value Returns => _evaluation[Column.Returns];

    /// <summary>Log-probabilities with which the actions were taken, <c>[N, 1]</c>.</summary>
    public Value BehaviourLogProbs => _evaluation[Column.BehaviourLogProbs];

    /// <summary>Log-probabilities of the actions under the policy as it is, <c>[N, 1]</c>.</summary>
    public Value LogProb => _evaluation.LogProb;

    /// <summary>Entropy of the policy in nats, <c>[N, 1]</c>.</summary>
    public Value Entropy => _evaluation.Entropy;

    /// <summary>Parameters of the policy's distributions, <c>[N, P]</c>: unnormalised scores of discrete actions, means and logarithms of deviations of continuous ones.</summary>
    public Value Distributions => _evaluation.Distributions;

    /// <summary>What the network says observations are worth, <c>[N, 1]</c>.</summary>
    public Value Values => _evaluation.Values;

    /// <summary>What a head gives, <c>[N, size]</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no such head.</exception>
    public Value Head(string name) => _evaluation[name];

    /// <summary>The mean over samples, by their weights where they have some; a loss is one number.</summary>
    /// <param name="perSample"><c>[N, 1]</c>.</param>
    public Value Mean(Value perSample) => _evaluation.Mean(perSample);

    /// <summary>A number that never changes.</summary>
    public Value Constant(float number) => _evaluation.Graph.Constant(number);

    /// <summary>A number that changes between updates.</summary>
    /// <param name="title">Name, unique in the loss.</param>
    /// <param name="at">The number at a share of the run's steps, 0 to 1; asked before each update.</param>
    public Value Scheduled(string title, Func<double, double> at) => _evaluation.Schedule($"{_name}.{title}", at);
}
