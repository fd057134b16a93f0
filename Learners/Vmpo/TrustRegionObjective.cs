using Agents.Distributions;
using Agents.Networks;
using Environments.State;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Metrics;
using static TorchSharp.torch;

namespace Learners.Vmpo;

/// <summary>
/// Keeps a part of KL(old ‖ new) near a bound: mean α (ε − sg[KL]) + sg[α] KL with a learned multiplier α (Song et al. 2020, equations 5 and 6).
/// Its loss is the mean divergence, its weight α.
/// </summary>
/// <param name="distribution">Family of the policy.</param>
/// <param name="part">Part of the divergence, see <see cref="ActionDistribution.Divergence"/>.</param>
/// <param name="epsilon">Bound ε, nats.</param>
/// <param name="multiplier">α; owned.</param>
internal sealed class TrustRegionObjective(ActionDistribution distribution, int part, float epsilon, Multiplier multiplier)
    : IAdaptiveObjective
{
    private readonly string _multiplierTag = "losses/multiplier" + Suffix(distribution, part);

    /// <inheritdoc/>
    public string Name { get; } = "kl" + Suffix(distribution, part);

    /// <inheritdoc/>
    public float Weight => multiplier.Value;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [_multiplierTag];

    /// <inheritdoc/>
    public void Begin(Minibatch batch) { }

    /// <inheritdoc/>
    public void End(double loss, MetricAverages metrics)
    {
        metrics.Add(_multiplierTag, multiplier.Value);
        multiplier.Descend(epsilon - loss);
    }

    /// <inheritdoc/>
    public Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress) =>
        TorchDistribution.Divergence(distribution, part, batch.OldDistributions!, evaluation.Distributions!).mean();

    /// <inheritdoc/>
    public double AddGradient(in SampleBlock block, double progress)
    {
        int size = distribution.ParameterSize;
        float share = Weight / block.Total;
        double sum = 0;
        for (int i = 0; i < block.LogProbs.Length; i++)
        {
            ReadOnlySpan<float> old = block.OldDistributions.Slice(i * size, size);
            ReadOnlySpan<float> parameters = block.Distributions.Slice(i * size, size);
            sum += distribution.Divergence(part, old, parameters);
            distribution.AddDivergenceGradient(part, old, parameters, share, block.DistributionGradients.Slice(i * size, size));
        }
        return sum / block.Total;
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => multiplier.SaveState(state);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => multiplier.LoadState(state);

    private static string Suffix(ActionDistribution distribution, int part) =>
        distribution.DivergenceParts == 1 ? ""
        : part == 0 ? "_mean"
        : "_deviation";
}
