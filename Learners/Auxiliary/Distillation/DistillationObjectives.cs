using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>How far a student is from its teacher at each sample, in nats; see <see cref="DistillationMethod"/>.</summary>
/// <param name="settings">Method and weight.</param>
/// <param name="teacher">Column of the teacher's distributions.</param>
/// <param name="gate">Column of what a sample counts, 0 or 1; null where all count.</param>
internal sealed class DistillationObjective(DistillationSettings settings, Column teacher, Column? gate) : Objective
{
    /// <inheritdoc/>
    public override string Name => "distillation_loss";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads { get; } = gate is null ? [teacher] : [teacher, gate];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(settings.Weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation)
    {
        Value loss = DistillationFormulas.LossOf(
            settings.Method,
            evaluation.Distribution,
            evaluation[teacher],
            evaluation.Distributions,
            settings.IncludeStudentEntropy
        )!;
        return evaluation.Mean(gate is null ? loss : loss * evaluation[gate]);
    }
}

/// <summary>Half the mean squared error of what a head says will be paid for later steps.</summary>
/// <param name="head">Name of the head.</param>
/// <param name="returns">Column of its targets.</param>
/// <param name="weight">Weight of the error.</param>
internal sealed class PseudoValueObjective(string head, Column returns, float weight) : Objective
{
    /// <inheritdoc/>
    public override string Name => $"{head}_loss";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads { get; } = [returns];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        0.5f * evaluation.Mean((evaluation[head] - evaluation[returns]).Square());
}
