using Learners.Engines;
using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>Rewards uncertainty: minus the mean entropy. Its metric is the entropy itself.</summary>
/// <param name="coefficient">Weight of the bonus.</param>
internal sealed class EntropyObjective(float coefficient) : IObjective
{
    /// <inheritdoc/>
    public string Name => "entropy";

    /// <inheritdoc/>
    public float Weight => -coefficient;

    /// <inheritdoc/>
    public Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress) => evaluation.Entropies.mean();

    /// <inheritdoc/>
    public double AddGradient(in SampleBlock block, double progress)
    {
        float share = Weight / block.Total;
        double sum = 0;
        for (int i = 0; i < block.Entropies.Length; i++)
        {
            sum += block.Entropies[i];
            block.EntropyGradients[i] += share;
        }
        return sum / block.Total;
    }
}
