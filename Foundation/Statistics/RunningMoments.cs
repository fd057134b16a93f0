using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Environments.Wrappers;

/// <summary>Count, mean and variance of each component of a stream of rows, in float64, merged batch by batch.</summary>
/// <remarks>
/// The parallel update of Chan, Golub and LeVeque (1979): with batch mean m_b, variance v_b and n_b rows, δ = m_b − m and n' = n + n_b,
/// m' = m + δ n_b / n' and v' = (v n + v_b n_b + δ² n n_b / n') / n'. Not thread-safe; allocates only when made.
/// </remarks>
/// <param name="size">Components of a row, F, at least 1.</param>
/// <param name="count">Rows that the start, of mean 0 and variance 0, counts for.</param>
internal sealed class RunningMoments(int size, double count)
{
    /// <summary>Rows seen, plus those of the start.</summary>
    public double Count { get; set; } = count;

    /// <summary>Mean of each component, <c>[F]</c>.</summary>
    public double[] Mean { get; } = new double[size];

    /// <summary>Mean squared deviation of each component, <c>[F]</c>.</summary>
    public double[] Variance { get; } = new double[size];

    /// <summary>Adds rows.</summary>
    /// <param name="batch">Whole rows one after the other, <c>[B, F]</c>, at least one.</param>
    public void Update(ReadOnlySpan<float> batch)
    {
        int rows = batch.Length / Mean.Length;
        if (Mean.Length == 1)
        {
            UpdateSingle(batch);
        }
        else
        {
            UpdateComponents(batch, rows);
        }
        Count += rows;
    }

    /// <summary>Adds rows that others have seen.</summary>
    /// <param name="rows">How many, more than 0.</param>
    /// <param name="mean">Their mean, <c>[F]</c>.</param>
    /// <param name="deviations">Their summed squared deviations from it, <c>[F]</c>.</param>
    public void Merge(double rows, ReadOnlySpan<double> mean, ReadOnlySpan<double> deviations)
    {
        for (int i = 0; i < Mean.Length; i++)
        {
            Merge(i, rows, mean[i], deviations[i]);
        }
        Count += rows;
    }

    // Sums are of deviations from the batch's first row, which keeps one pass as accurate as two.
    private void UpdateComponents(ReadOnlySpan<float> batch, int rows)
    {
        int size = Mean.Length;
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
                MergeSums(component + i, rows, shiftLow[i], sumLow[i], squaresLow[i]);
                MergeSums(component + i + 2, rows, shiftHigh[i], sumHigh[i], squaresHigh[i]);
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
            MergeSums(component, rows, shift, sum, squares);
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
        MergeSums(0, batch.Length, shift, sum, square);
    }

    private void MergeSums(int component, double rows, double shift, double sum, double squares)
    {
        double mean = shift + sum / rows;
        double deviations = Math.Max(0, squares - sum * sum / rows); // v_b n_b
        Merge(component, rows, mean, deviations);
    }

    private void Merge(int component, double rows, double mean, double deviations)
    {
        double total = Count + rows;
        double delta = mean - Mean[component];
        Mean[component] += delta * rows / total;
        Variance[component] = (Variance[component] * Count + deviations + delta * delta * Count * rows / total) / total;
    }
}
