using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Mean and variance of each component of a stream of rows, in float64, merged batch by batch.</summary>
/// <remarks>
/// The parallel update of Chan, Golub and LeVeque (1979): with batch mean m_b, variance v_b and n_b rows, δ = m_b − m and n' = n + n_b,
/// m' = m + δ n_b / n' and v' = (v n + v_b n_b + δ² n n_b / n') / n'. It starts as <see cref="InitialCount"/> rows of mean 0 and variance 1, so
/// that it is defined from the first row on. Not thread-safe; allocates only when made.
/// </remarks>
public sealed class RunningStatistics
{
    /// <summary>Normalised values are clipped to ± this.</summary>
    public const float Clip = 10;

    /// <summary>Added to the variance before its root is taken, so that a constant component divides by no zero.</summary>
    public const double Epsilon = 1e-8;

    /// <summary>Rows that the start (mean 0, variance 1) counts for.</summary>
    public const double InitialCount = 1e-4;

    private readonly double[] _mean;
    private readonly double[] _variance;
    private readonly double[] _scale;

    /// <summary>Statistics of no rows yet.</summary>
    /// <param name="size">Components of a row, F, at least 1.</param>
    public RunningStatistics(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _mean = new double[size];
        _variance = new double[size];
        _scale = new double[size];
        Array.Fill(_variance, 1);
        Count = InitialCount;
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
        mean.CopyTo(statistics._mean);
        variance.CopyTo(statistics._variance);
        statistics.UpdateScale();
        return statistics;
    }

    /// <summary>Components of a row, F.</summary>
    public int Size => _mean.Length;

    /// <summary>Rows seen, plus <see cref="InitialCount"/>.</summary>
    public double Count { get; private set; }

    /// <summary>Mean of each component, <c>[F]</c>.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Variance of each component, <c>[F]</c>: the mean squared deviation, not the sample estimate.</summary>
    public ReadOnlySpan<double> Variance => _variance;

    /// <summary>What a deviation is multiplied with, <c>[F]</c>: 1 / √(variance + <see cref="Epsilon"/>).</summary>
    public ReadOnlySpan<double> Scale => _scale;

    /// <summary>Adds rows.</summary>
    /// <param name="batch">Rows one after the other, <c>[B, F]</c>; none changes nothing.</param>
    /// <exception cref="ArgumentException">The length is no multiple of F.</exception>
    public void Update(ReadOnlySpan<float> batch)
    {
        int rows = RequireRows(batch.Length, nameof(batch));
        if (rows == 0)
        {
            return;
        }
        if (Size == 1)
        {
            UpdateSingle(batch);
        }
        else
        {
            UpdateComponents(batch, rows);
        }
        Count += rows;
        UpdateScale();
    }

    /// <summary>Adds rows that others have seen.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="mean">Their mean, <c>[F]</c>.</param>
    /// <param name="deviations">Their summed squared deviations from it, <c>[F]</c>.</param>
    internal void Merge(double rows, ReadOnlySpan<double> mean, ReadOnlySpan<double> deviations)
    {
        if (rows <= 0)
        {
            return;
        }
        double total = Count + rows;
        for (int i = 0; i < _mean.Length; i++)
        {
            double delta = mean[i] - _mean[i];
            _mean[i] += delta * rows / total;
            _variance[i] = (_variance[i] * Count + deviations[i] + delta * delta * Count * rows / total) / total;
        }
        Count = total;
        UpdateScale();
    }

    /// <summary>The moments of now, rounded to float32 as a saved policy holds them; they do not change any more.</summary>
    internal RunningStatistics Snapshot()
    {
        var snapshot = new RunningStatistics(Size);
        for (int i = 0; i < Size; i++)
        {
            (snapshot._mean[i], snapshot._variance[i]) = ((float)_mean[i], (float)Math.Min(_variance[i], float.MaxValue));
        }
        snapshot.UpdateScale();
        return snapshot;
    }

    /// <summary>Goes on from the moments of others as if their rows had been seen here.</summary>
    /// <param name="earlier">Their moments, <c>[F]</c> each.</param>
    /// <param name="rows">How many rows these count for, beside <see cref="InitialCount"/>.</param>
    internal void ContinueFrom(RunningStatistics earlier, double rows)
    {
        earlier.Mean.CopyTo(_mean);
        earlier.Variance.CopyTo(_variance);
        Count = InitialCount + rows;
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
        ReadOnlySpan<double> mean = _mean.AsSpan(first, source.Length);
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
        state.Set<double>("mean", _mean);
        state.Set<double>("variance", _variance);
    }

    /// <summary>Continues from what <see cref="SaveState"/> saved, bit for bit.</summary>
    /// <exception cref="InvalidDataException">The state is of rows of another size.</exception>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite<double>("mean", _mean);
        state.ReadFinite<double>("variance", _variance);
        Count = state.Get("count", 0.0, double.MaxValue);
        if (Array.Exists(_variance, value => value < 0))
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

    // Sums are of deviations from the batch's first row, which keeps one pass as accurate as two.
    private void UpdateComponents(ReadOnlySpan<float> batch, int rows)
    {
        int size = Size;
        ref float start = ref MemoryMarshal.GetReference(batch);
        int component = 0;
        for (; component <= size - Vector128<float>.Count; component += Vector128<float>.Count)
        {
            (Vector128<double> shiftLow, Vector128<double> shiftHigh) = Vector128.Widen(
                Vector128.LoadUnsafe(ref start, (nuint)component)
            );
            Vector128<double> sumLow = default;
            Vector128<double> sumHigh = default;
            Vector128<double> squaresLow = default;
            Vector128<double> squaresHigh = default;
            for (int row = 1; row < rows; row++)
            {
                (Vector128<double> low, Vector128<double> high) = Vector128.Widen(
                    Vector128.LoadUnsafe(ref start, (nuint)(row * size + component))
                );
                low -= shiftLow;
                high -= shiftHigh;
                sumLow += low;
                sumHigh += high;
                squaresLow += low * low;
                squaresHigh += high * high;
            }
            for (int i = 0; i < 2; i++)
            {
                Merge(component + i, rows, shiftLow[i], sumLow[i], squaresLow[i]);
                Merge(component + i + 2, rows, shiftHigh[i], sumHigh[i], squaresHigh[i]);
            }
        }
        for (; component < size; component++)
        {
            double shift = batch[component];
            double sum = 0;
            double squares = 0;
            for (int i = component + size; i < batch.Length; i += size)
            {
                double deviation = batch[i] - shift;
                sum += deviation;
                squares += deviation * deviation;
            }
            Merge(component, rows, shift, sum, squares);
        }
    }

    // One component: four rows at a time.
    private void UpdateSingle(ReadOnlySpan<float> batch)
    {
        double shift = batch[0];
        Vector128<double> sums = default;
        Vector128<double> squares = default;
        int i = 0;
        for (; i <= batch.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Create(batch[i..]));
            low -= Vector128.Create(shift);
            high -= Vector128.Create(shift);
            sums += low + high;
            squares += low * low + high * high;
        }
        double sum = Vector128.Sum(sums);
        double square = Vector128.Sum(squares);
        for (; i < batch.Length; i++)
        {
            double deviation = batch[i] - shift;
            sum += deviation;
            square += deviation * deviation;
        }
        Merge(0, batch.Length, shift, sum, square);
    }

    private void Merge(int component, double rows, double shift, double sum, double squares)
    {
        double batchMean = shift + sum / rows;
        double batchDeviations = Math.Max(0, squares - sum * sum / rows); // v_b n_b
        double total = Count + rows;
        double delta = batchMean - _mean[component];
        _mean[component] += delta * rows / total;
        _variance[component] = (_variance[component] * Count + batchDeviations + delta * delta * Count * rows / total) / total;
    }

    private void UpdateScale()
    {
        for (int i = 0; i < _scale.Length; i++)
        {
            _scale[i] = 1 / Math.Sqrt(_variance[i] + Epsilon);
        }
    }
}
