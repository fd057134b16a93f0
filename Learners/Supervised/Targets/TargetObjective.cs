using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Supervised.Targets;

/// <summary>Compares the answers of a network with targets, step by step; a mean over the steps that count.</summary>
/// <param name="form">What targets are.</param>
/// <param name="weight">Factor of the loss; 0 for what is only looked at.</param>
internal abstract class TargetObjective(TargetForm form, float weight = 1) : Objective
{
    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads { get; } = [form.Column, Column.SampleWeights];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        evaluation.Mean(PerRow(evaluation[TargetForm.Head], evaluation[form.Column]));

    /// <summary>The number of each step.</summary>
    /// <param name="outputs">What the head gives, <c>[N, HeadSize]</c>.</param>
    /// <param name="targets"><c>[N, Width]</c>.</param>
    /// <returns><c>[N, 1]</c>.</returns>
    protected abstract Value PerRow(Value outputs, Value targets);

    /// <summary>The mean over columns, <c>[N, 1]</c>.</summary>
    protected static Value MeanOfColumns(Value values) =>
        values.Columns == 1 ? values : values.SumColumns() * (1f / values.Columns);
}
