using Agents.Networks;
using Learners.ActorCritic;
using Learners.Engines;
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
    public Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress)
    {
        Tensor error = (evaluation.Values - batch.Returns).Squared();
        if (settings.ClipValue)
        {
            double clip = settings.ClipRangeAt(progress);
            Tensor clippedValues = batch.OldValues.Plus((evaluation.Values - batch.OldValues).Within(-clip, clip));
            error = maximum(error, (clippedValues - batch.Returns).Squared());
        }
        return error.mean().Times(0.5);
    }

    /// <inheritdoc/>
    public double AddGradient(in SampleBlock block, double progress)
    {
        float clip = settings.ClipValue ? (float)settings.ClipRangeAt(progress) : float.PositiveInfinity;
        float share = Weight / block.Total;
        double sum = 0;
        for (int i = 0; i < block.Values.Length; i++)
        {
            float move = block.Values[i] - block.OldValues[i];
            float error = block.Values[i] - block.Returns[i];
            float clippedError = block.OldValues[i] + Math.Clamp(move, -clip, clip) - block.Returns[i];
            bool free = error * error >= clippedError * clippedError || Math.Abs(move) <= clip;
            sum += free ? error * error : clippedError * clippedError;
            block.ValueGradients[i] += free ? share * error : 0;
        }
        return 0.5 * sum / block.Total;
    }
}
