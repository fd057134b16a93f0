using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>Mean squared error of the value of bonuses, as the agent's own value has it.</summary>
/// <param name="head">Name of the head.</param>
/// <param name="returns">Column of its targets.</param>
/// <param name="coefficient">Weight of the loss.</param>
internal sealed class IntrinsicValueObjective(string head, Column returns, float coefficient) : Objective
{
    /// <inheritdoc/>
    public override string Name => $"{head}_loss";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads { get; } = [returns];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(coefficient);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        evaluation.Mean((evaluation[head] - evaluation[returns]).Square());
}
