using Environments.State;

namespace Learners.Returns;

/// <summary>
/// Running scale of returns, to which a value head is held without changing what it says (van Hasselt et al. 2016; Hessel et al. 2019, section 3):
/// the head gives n, and V = σ n + μ.
/// </summary>
/// <remarks>
/// μ ← (1 − β) μ + β E[G], ν ← (1 − β) ν + β E[G²], σ = √(ν − μ²) within 1e-2 and 1e6, kept as mean and variance, since ν − μ² loses all digits
/// where returns are large beside their deviation. So that a short run is not ruled by the start, the k-th batch counts at least 1/k: until
/// 1/β batches the moments are plain means. The first batch moves the head instead of keeping its values: an untrained head's zeros are no
/// knowledge, and holding V = 0 against a mean of 1000 deviations would take the bias that many steps to forget.
/// </remarks>
/// <param name="rate">Share β of a new batch, 0 to 1.</param>
/// <param name="knowsValues">Whether the head gives values in the task's units at first, as a saved policy's does; then the first batch keeps them, too.</param>
internal sealed class PopArt(double rate, bool knowsValues = false)
{
    private const double SmallestScale = 1e-2;
    private const double LargestScale = 1e6;

    private double _variance = 1;
    private long _batches;
    private double _oldMean; // before the latest update
    private double _oldScale = 1;

    /// <summary>Running mean of returns, μ.</summary>
    public double Mean { get; private set; }

    /// <summary>Running deviation of returns, σ.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>Whether the head has units: those of the returns that were seen, or those in which it knew values before.</summary>
    public bool HasUnits => _batches > 0 || knowsValues;

    /// <summary>Takes new returns in; <see cref="Follow"/> then keeps what heads say.</summary>
    /// <param name="returns">In the task's units.</param>
    public void Update(ReadOnlySpan<float> returns)
    {
        (_oldMean, _oldScale) = (Mean, Scale);
        (double mean, double variance) = Moments(returns);
        bool first = _batches == 0;
        double share = Math.Max(rate, 1.0 / ++_batches);
        double shift = mean - Mean;
        Mean += share * shift;
        // Equals ν' − μ'² of the moments above: both variances, and that of the two means about their mixture.
        _variance = first ? variance : (1 - share) * _variance + share * variance + share * (1 - share) * shift * shift;
        Scale = Math.Clamp(Math.Sqrt(_variance), SmallestScale, LargestScale);
    }

    /// <summary>Both: takes new returns in, and keeps a head's values.</summary>
    public void Update(ReadOnlySpan<float> returns, Span<float> weights, Span<float> bias)
    {
        Update(returns);
        Follow(weights, bias);
    }

    /// <summary>Keeps the values of a head through the latest update, but for the first one of a head that knew none: w ← w σ / σ', b ← (σ b + μ − μ') / σ'.</summary>
    /// <param name="weights">Weights of the value head.</param>
    /// <param name="bias">Its bias, one number.</param>
    public void Follow(Span<float> weights, Span<float> bias)
    {
        if (_batches > 1 || knowsValues)
        {
            Rescale(weights, bias, _oldMean, _oldScale, Mean, Scale);
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
        Mean = state.Get("mean", double.MinValue, double.MaxValue);
        // Earlier checkpoints hold E[G²] in its place.
        _variance = state.Contains("variance")
            ? state.Get("variance", 0.0, double.MaxValue)
            : Math.Max(0, state.Get("second_moment", double.MinValue, double.MaxValue) - Mean * Mean);
        Scale = state.Get("scale", SmallestScale, LargestScale);
        _batches = state.Get("batches", 0L, long.MaxValue / 2);
    }

    private static (double Mean, double Variance) Moments(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }
        double mean = sum / values.Length;
        double squares = 0;
        foreach (float value in values)
        {
            squares += (value - mean) * (value - mean);
        }
        return (mean, squares / values.Length);
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
