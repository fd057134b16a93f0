using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>A pure function of a minibatch and the network's outputs to a scalar loss. The learner adds objectives up.</summary>
internal interface IObjective
{
    /// <summary>Name of its metric, such as <c>policy_loss</c>.</summary>
    string Name { get; }

    /// <summary>Factor of its loss in the sum.</summary>
    float Weight { get; }

    /// <summary>The loss, a mean over the samples.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="evaluation">The network's outputs for them.</param>
    /// <param name="progress">Share of the run's steps done, 0 to 1, for schedules.</param>
    Tensor Loss(Minibatch batch, in NetworkEvaluation evaluation, double progress);
}
