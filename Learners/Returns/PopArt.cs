using Environments.State;

namespace Learners.Returns;

/// <summary>
/// Running scale of returns, to which a value head is held without changing what it says (van Hasselt et al. 2016; Hessel et al. 2019, section 3):
/// the head gives n, and V = σ n + μ.
/// </summary>
/// <remarks>
/// μ ← (1 − β) μ + β E[G], ν ← (1 − β) ν + β E[G²], σ = √(ν − μ²) within 1e-2 and 1e6. So that a short run is not ruled by the start, the k-th
/// batch counts at least 1/k: until 1/β batches the moments are plain means.
/// </remarks>
/// <param name="rate">Share β of a new batch, 0 to 1.</param>
internal sealed class PopArt(double rate)
{
    private const double SmallestScale = 1e-2;
    private const double LargestScale = 1e6;

    private double _secondMoment = 1;
    private long _batches;

    /// <summary>Running mean of returns, μ.</summary>
    public double Mean { get; private set; }

    /// <summary>Running deviation of returns, σ.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>Takes new returns in and keeps the head's values: w ← w σ / σ', b ← (σ b + μ − μ') / σ'.</summary>
    /// <param name="returns">In the task's units.</param>
    /// <param name="weights">Weights of the value head.</param>
    /// <param name="bias">Its bias, one number.</param>
    public void Update(ReadOnlySpan<float> returns, Span<float> weights, Span<float> bias)
    {
        (double oldMean, double oldScale) = (Mean, Scale);
        double sum = 0;
        double squares = 0;
        foreach (float value in returns)
        {
            sum += value;
            squares += (double)value * value;
        }
        double share = Math.Max(rate, 1.0 / ++_batches);
        Mean += share * (sum / returns.Length - Mean);
        _secondMoment += share * (squares / returns.Length - _secondMoment);
        Scale = Math.Clamp(Math.Sqrt(Math.Max(0, _secondMoment - Mean * Mean)), SmallestScale, LargestScale);
        Rescale(weights, bias, oldMean, oldScale, Mean, Scale);
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
        state.Set("second_moment", _secondMoment);
        state.Set("scale", Scale);
        state.Set("batches", _batches);
    }

    /// <summary>Continues from a saved state.</summary>
    public void LoadState(StateDictionary state)
    {
        Mean = state.Get("mean", double.MinValue, double.MaxValue);
        _secondMoment = state.Get("second_moment", double.MinValue, double.MaxValue);
        Scale = state.Get("scale", SmallestScale, LargestScale);
        _batches = state.Get("batches", 0L, long.MaxValue / 2);
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
