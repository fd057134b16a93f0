using Learners.ActorCritic;
using static TorchSharp.torch;

namespace Learners.Ppo;

/// <summary>
/// Half the mean of max((V − R)², (V_clip − R)²), where V_clip stays within ε of the old value; without clipping half the mean
/// squared error (Huang et al. 2022, detail 9).
/// </summary>
internal sealed class ClippedValueObjective(PpoSettings settings) : IObjective
{
    /// <inheritdoc/>
    public string Name => "value_loss";

    /// <inheritdoc/>
    public float Weight => settings.ValueCoefficient;

    /// <inheritdoc/>
    public Tensor Loss(Minibatch batch, in NetworkEvaluation evaluation, double progress)
    {
        Tensor error = (evaluation.Values - batch.Returns).square();
        if (settings.ClipValue)
        {
            double clip = settings.ClipRangeAt(progress);
            Tensor clippedValues = batch.OldValues + (evaluation.Values - batch.OldValues).clamp(-clip, clip);
            error = maximum(error, (clippedValues - batch.Returns).square());
        }
        return error.mean() * 0.5;
    }
}
