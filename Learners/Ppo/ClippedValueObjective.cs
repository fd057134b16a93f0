using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Ppo;

/// <summary>
/// Half the mean of max((V − R)², (V_clip − R)²), where V_clip stays within ε of the old value; without clipping half the mean
/// squared error (Huang et al. 2022, detail 9).
/// </summary>
internal sealed class ClippedValueObjective(PpoSettings settings) : Objective
{
    /// <inheritdoc/>
    public override string Name => "value_loss";

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(settings.ValueCoefficient);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation)
    {
        Value returns = evaluation[Column.Returns];
        Value error = (evaluation.Values - returns).Square();
        if (settings.ClipValue)
        {
            Value clip = evaluation.Schedule("value_clip_range", settings.ClipRangeAt);
            Value old = evaluation[Column.OldValues];
            Value clipped = old + (evaluation.Values - old).Clamp(-clip, clip);
            error = error.Maximum((clipped - returns).Square());
        }
        return evaluation.Mean(error) * 0.5f;
    }
}
