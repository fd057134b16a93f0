using Environments.State;

namespace Learners.Returns;

/// <summary>
/// Running scale of returns, to which a value head is held without changing what it says (van Hasselt et al. 2016; Hessel et al. 2019, section 3):
/// the head gives n, and V = σ n + μ.
/// </summary>
/// <remarks>
/// With mean m and variance v of a batch of returns, μ' = μ + β (m − μ) and σ'² = (1 − β) σ² + β v + β (1 − β) (m − μ)², which is the paper's ν − μ²
/// without its cancellation; σ within 1e-2 and 1e6. So that a short run is not ruled by the start, the k-th batch counts at least 1/k: until 1/β
/// batches the moments are plain means. The first batch finds no units to keep: a fresh head says nothing yet, and its outputs near 0 come to mean μ.
/// </remarks>
/// <param name="rate">Share β of a new batch, 0 to 1.</param>
internal sealed class PopArt(double rate)
{
    private const double SmallestScale = 1e-2;
    private const double LargestScale = 1e6;

    private double _variance = 1; // σ², before its limits
    private long _batches;

    /// <summary>Running mean of returns, μ.</summary>
    public double Mean { get; private set; }

    /// <summary>Running deviation of returns, σ.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>Whether returns have been seen, so that the head has units.</summary>
    public bool HasStatistics => _batches > 0;

    /// <summary>Takes the first returns in, or new ones, and then keeps the head's values: w ← w σ / σ', b ← (σ b + μ − μ') / σ'.</summary>
    /// <param name="returns">In the task's units.</param>
    /// <param name="weights">Weights of the value head.</param>
    /// <param name="bias">Its bias, one number.</param>
    public void Update(ReadOnlySpan<float> returns, Span<float> weights, Span<float> bias)
    {
        (double oldMean, double oldScale) = (Mean, Scale);
        (double mean, double variance) = Moments.Of(returns);
        double share = Math.Max(rate, 1.0 / ++_batches);
        double step = mean - Mean;
        Mean += share * step;
        _variance = (1 - share) * _variance + share * variance + share * (1 - share) * (step * step);
        Scale = Math.Clamp(Math.Sqrt(_variance), SmallestScale, LargestScale);
        if (_batches > 1)
        {
            Rescale(weights, bias, oldMean, oldScale, Mean, Scale);
        }
    }

    /// <summary>Turns the head into one that gives values in the task's units.</summary>
    public void Export(Span<float> weights, Span<float> bias) => Rescale(weights, bias, Mean, Scale, 0, 1);

    /// <summary>V = σ n + μ, in place.</summary>
    public void Denormalize(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(Scale * values[i] + Mean);
        }
    }

    /// <summary>n = (V − μ) / σ, in place.</summary>
    public void Normalize(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((values[i] - Mean) / Scale);
        }
    }

    /// <summary>Saves the moments.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set("mean", Mean);
        state.Set("variance", _variance);
        state.Set("scale", Scale);
        state.Set("batches", _batches);
    }

    /// <summary>Continues from a saved state.</summary>
    public void LoadState(StateDictionary state)
    {
        Mean = state.Get<double>("mean");
        _variance = state.Contains("variance") ? state.Get<double>("variance") : state.Get<double>("second_moment") - Mean * Mean;
        Scale = state.Get<double>("scale");
        _batches = state.Get<long>("batches");
    }

    private static void Rescale(Span<float> weights, Span<float> bias, double oldMean, double oldScale, double mean, double scale)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(weights[i] * oldScale / scale);
        }
        bias[0] = (float)((oldScale * bias[0] + oldMean - mean) / scale);
    }
}
