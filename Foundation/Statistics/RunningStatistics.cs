using System.Runtime.Intrinsics;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Mean and variance of each component of a stream of rows, in float64, and what normalises rows by them.</summary>
/// <remarks>
/// It starts as <see cref="InitialCount"/> rows of mean 0 and variance 1, so that it is defined from the first row on. Not thread-safe; allocates
/// only when made.
/// </remarks>
public sealed class RunningStatistics
{
    /// <summary>Normalised values are clipped to ± this.</summary>
    public const float Clip = 10;

    /// <summary>Added to the variance before its root is taken, so that a constant component divides by no zero.</summary>
    public const double Epsilon = 1e-8;

    /// <summary>Rows that the start (mean 0, variance 1) counts for.</summary>
    public const double InitialCount = 1e-4;

    private readonly RunningMoments _moments;
    private readonly double[] _scale;

    /// <summary>Statistics of no rows yet.</summary>
    /// <param name="size">Components of a row, F, at least 1.</param>
    public RunningStatistics(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _moments = new RunningMoments(size, InitialCount);
        _scale = new double[size];
        Array.Fill(_moments.Variance, 1);
        UpdateScale();
    }

    /// <summary>Fixed statistics, such as a saved policy's.</summary>
    /// <param name="mean">Mean of each component, <c>[F]</c>.</param>
    /// <param name="variance">Variance of each component, <c>[F]</c>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="InvalidDataException">A mean is not finite, or a variance is negative or not finite.</exception>
    public static RunningStatistics FromMoments(ReadOnlySpan<double> mean, ReadOnlySpan<double> variance)
    {
        var statistics = new RunningStatistics(mean.Length);
        if (variance.Length != mean.Length)
        {
            throw new ArgumentException(
                $"{mean.Length} means and {variance.Length} variances do not belong together.",
                nameof(variance)
            );
        }
        for (int i = 0; i < mean.Length; i++)
        {
            if (!double.IsFinite(mean[i]) || !double.IsFinite(variance[i]) || variance[i] < 0)
            {
                throw new InvalidDataException(
                    $"Component {i} has mean {mean[i]} and variance {variance[i]}; no normaliser has these."
                );
            }
        }
        mean.CopyTo(statistics._moments.Mean);
        variance.CopyTo(statistics._moments.Variance);
        statistics.UpdateScale();
        return statistics;
    }

    /// <summary>Components of a row, F.</summary>
    public int Size => _scale.Length;

    /// <summary>Rows seen, plus <see cref="InitialCount"/>.</summary>
    public double Count => _moments.Count;

    /// <summary>Mean of each component, <c>[F]</c>.</summary>
    public ReadOnlySpan<double> Mean => _moments.Mean;

    /// <summary>Variance of each component, <c>[F]</c>: the mean squared deviation, not the sample estimate.</summary>
    public ReadOnlySpan<double> Variance => _moments.Variance;

    /// <summary>What a deviation is multiplied with, <c>[F]</c>: 1 / √(variance + <see cref="Epsilon"/>).</summary>
    public ReadOnlySpan<double> Scale => _scale;

    /// <summary>Adds rows.</summary>
    /// <param name="batch">Rows one after the other, <c>[B, F]</c>; none changes nothing.</param>
    /// <exception cref="ArgumentException">The length is no multiple of F.</exception>
    public void Update(ReadOnlySpan<float> batch)
    {
        if (RequireRows(batch.Length, nameof(batch)) > 0)
        {
            _moments.Update(batch);
            UpdateScale();
        }
    }

    /// <summary>Adds rows that others have seen.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="mean">Their mean, <c>[F]</c>.</param>
    /// <param name="deviations">Their summed squared deviations from it, <c>[F]</c>.</param>
    internal void Merge(double rows, ReadOnlySpan<double> mean, ReadOnlySpan<double> deviations)
    {
        if (rows > 0)
        {
            _moments.Merge(rows, mean, deviations);
            UpdateScale();
        }
    }

    /// <summary>The moments of now, rounded to float32 as a saved policy holds them; they do not change any more.</summary>
    internal RunningStatistics Snapshot()
    {
        var snapshot = new RunningStatistics(Size);
        for (int i = 0; i < Size; i++)
        {
            snapshot._moments.Mean[i] = (float)Mean[i];
            snapshot._moments.Variance[i] = (float)Math.Min(Variance[i], float.MaxValue);
        }
        snapshot.UpdateScale();
        return snapshot;
    }

    /// <summary>Goes on from the moments of others as if their rows had been seen here.</summary>
    /// <param name="earlier">Their moments, <c>[F]</c> each.</param>
    /// <param name="rows">How many rows these count for, beside <see cref="InitialCount"/>.</param>
    internal void ContinueFrom(RunningStatistics earlier, double rows)
    {
        earlier.Mean.CopyTo(_moments.Mean);
        earlier.Variance.CopyTo(_moments.Variance);
        _moments.Count = InitialCount + rows;
        UpdateScale();
    }

    /// <summary>Centres and scales rows: (x − mean) / √(variance + <see cref="Epsilon"/>), clipped to ±<see cref="Clip"/>.</summary>
    /// <param name="rows">Rows one after the other, <c>[B, F]</c>.</param>
    /// <param name="normalized">Destination of as many floats; may be <paramref name="rows"/> itself.</param>
    /// <exception cref="ArgumentException">The lengths differ, or are no multiple of F.</exception>
    public void Normalize(ReadOnlySpan<float> rows, Span<float> normalized)
    {
        int count = RequireRows(rows.Length, nameof(rows));
        if (normalized.Length != rows.Length)
        {
            throw new ArgumentException(
                $"{rows.Length} floats were given but the destination holds {normalized.Length}; both need the same length.",
                nameof(normalized)
            );
        }
        for (int row = 0; row < count; row++)
        {
            NormalizePart(0, rows.Slice(row * Size, Size), normalized.Slice(row * Size, Size));
        }
    }

    /// <summary>Centres and scales some components of one row, which lie side by side.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="source">Their values.</param>
    /// <param name="target">Destination of as many floats; may be <paramref name="source"/> itself.</param>
    internal void NormalizePart(int first, ReadOnlySpan<float> source, Span<float> target)
    {
        ReadOnlySpan<double> mean = _moments.Mean.AsSpan(first, source.Length);
        ReadOnlySpan<double> scale = _scale.AsSpan(first, source.Length);
        int i = 0;
        for (; i <= mean.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Create(source[i..]));
            low = (low - Vector128.Create(mean[i..])) * Vector128.Create(scale[i..]);
            high = (high - Vector128.Create(mean[(i + 2)..])) * Vector128.Create(scale[(i + 2)..]);
            Vector128<float> value = Vector128.Narrow(low, high);
            Vector128.Clamp(value, Vector128.Create(-Clip), Vector128.Create(Clip)).CopyTo(target[i..]);
        }
        for (; i < mean.Length; i++)
        {
            target[i] = Math.Clamp((float)((source[i] - mean[i]) * scale[i]), -Clip, Clip);
        }
    }

    /// <summary>Saves count, mean and variance.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set("count", Count);
        state.Set<double>("mean", _moments.Mean);
        state.Set<double>("variance", _moments.Variance);
    }

    /// <summary>Continues from what <see cref="SaveState"/> saved, bit for bit.</summary>
    /// <exception cref="InvalidDataException">The state is of rows of another size.</exception>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite<double>("mean", _moments.Mean);
        state.ReadFinite<double>("variance", _moments.Variance);
        _moments.Count = state.Get("count", 0.0, double.MaxValue);
        if (Array.Exists(_moments.Variance, value => value < 0))
        {
            throw new InvalidDataException("A saved variance is negative.");
        }
        UpdateScale();
    }

    private int RequireRows(int length, string parameterName)
    {
        (int rows, int rest) = Math.DivRem(length, Size);
        return rest == 0
            ? rows
            : throw new ArgumentException(
                $"Rows have {Size} floats; {length} floats are no whole number of rows.",
                parameterName
            );
    }

    private void UpdateScale()
    {
        double[] variance = _moments.Variance;
        for (int i = 0; i < _scale.Length; i++)
        {
            _scale[i] = 1 / Math.Sqrt(variance[i] + Epsilon);
        }
    }
}
