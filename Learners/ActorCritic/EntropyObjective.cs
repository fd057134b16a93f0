using Agents.Programs;
using Learners.Objectives;

namespace Learners.ActorCritic;

/// <summary>Rewards uncertainty: minus the mean entropy. Its metric is the entropy itself.</summary>
/// <param name="coefficient">Weight of the bonus.</param>
internal sealed class EntropyObjective(float coefficient) : Objective
{
    /// <inheritdoc/>
    public override string Name => "entropy";

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(-coefficient);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) => evaluation.Mean(evaluation.Entropy);
}
