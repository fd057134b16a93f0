using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>Mean squared distance of a head from what a target network says, over its numbers and all samples.</summary>
/// <param name="head">Name of the head.</param>
/// <param name="wanted">Column of what the target says.</param>
internal sealed class PredictionErrorObjective(string head, Column wanted) : Objective
{
    /// <inheritdoc/>
    public override string Name => "prediction_error";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads { get; } = [wanted];

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        (evaluation[head] - evaluation[wanted]).Square().SumColumns().Mean() * (1f / wanted.Width);
}
