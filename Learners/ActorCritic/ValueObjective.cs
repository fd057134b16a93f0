using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.ActorCritic;

/// <summary>Mean squared error of the value, mean (V − R)².</summary>
/// <param name="coefficient">Weight of the loss.</param>
internal sealed class ValueObjective(float coefficient) : Objective
{
    /// <inheritdoc/>
    public override string Name => "value_loss";

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(coefficient);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        evaluation.Mean((evaluation.Values - evaluation[Column.Returns]).Square());
}
