using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Agents.Kernels;

namespace Learners.Optimizers.Kfac;

/// <summary>Products of row-major matrices in float32, through the kernels of the managed engine, or in float64, which tests compare with.</summary>
internal static class Matrices
{
    /// <summary>C = A B, or C += A B where <paramref name="accumulate"/> is set.</summary>
    /// <param name="a">A; element (m, k) is at m × aRow + k × aColumn.</param>
    /// <param name="aRow">Numbers between rows of A.</param>
    /// <param name="aColumn">Numbers between columns of A.</param>
    /// <param name="b">B, <c>[inner, columns]</c>.</param>
    /// <param name="c">C, <c>[rows, columns]</c>; must not overlap the others.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <param name="accumulate">Whether C is added to.</param>
    public static void Multiply<T>(
        ReadOnlySpan<T> a,
        int aRow,
        int aColumn,
        ReadOnlySpan<T> b,
        Span<T> c,
        int rows,
        int columns,
        int inner,
        bool accumulate = false
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            MatrixProduct.Multiply(
                MemoryMarshal.Cast<T, float>(a),
                aRow,
                aColumn,
                MemoryMarshal.Cast<T, float>(b),
                [],
                MemoryMarshal.Cast<T, float>(c),
                rows,
                columns,
                inner,
                accumulate
            );
            return;
        }
        for (int row = 0; row < rows; row++)
        {
            Span<T> destination = c.Slice(row * columns, columns);
            if (!accumulate)
            {
                destination.Clear();
            }
            for (int k = 0; k < inner; k++)
            {
                AddScaled(a[row * aRow + k * aColumn], b.Slice(k * columns, columns), destination);
            }
        }
    }

    /// <summary>C[i, j] += Σ_k X[k, i] X[k, j] for j ≥ i; what lies below the diagonal of C is worthless afterwards.</summary>
    /// <param name="x">X, <c>[count, size]</c>.</param>
    /// <param name="c">C, <c>[size, size]</c>.</param>
    /// <param name="size">Numbers of a row.</param>
    /// <param name="count">Rows of X.</param>
    public static void AddGram<T>(ReadOnlySpan<T> x, Span<T> c, int size, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            MatrixProduct.AddGram(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(c), size, count);
            return;
        }
        Multiply(x, 1, size, x, c, size, size, count, accumulate: true);
    }

    /// <summary>destination[c, r] = source[r, c].</summary>
    public static void Transpose<T>(ReadOnlySpan<T> source, Span<T> destination, int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Transposition.Copy(MemoryMarshal.Cast<T, float>(source), MemoryMarshal.Cast<T, float>(destination), rows, columns);
            return;
        }
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                destination[column * rows + row] = source[row * columns + column];
            }
        }
    }

    /// <summary>sums[n] += Σ_m values[m, n].</summary>
    public static void AddColumnSums<T>(ReadOnlySpan<T> values, Span<T> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (values.IsEmpty)
        {
            return;
        }
        if (typeof(T) == typeof(float))
        {
            Elementwise.AddColumnSums(MemoryMarshal.Cast<T, float>(values), MemoryMarshal.Cast<T, float>(sums));
            return;
        }
        for (int first = 0; first < values.Length; first += sums.Length)
        {
            AddScaled(T.One, values.Slice(first, sums.Length), sums);
        }
    }

    /// <summary>matrix[j, i] = matrix[i, j] for j above i.</summary>
    public static void MirrorUpper<T>(Span<T> matrix, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Transposition.MirrorUpper(MemoryMarshal.Cast<T, float>(matrix), size);
            return;
        }
        for (int row = 0; row < size; row++)
        {
            for (int column = row + 1; column < size; column++)
            {
                matrix[column * size + row] = matrix[row * size + column];
            }
        }
    }

    /// <summary>mean ← keep × mean + factor × batch, batch ← 0.</summary>
    public static void Fold<T>(Span<T> batch, Span<T> mean, T keep, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T pb = ref MemoryMarshal.GetReference(batch);
        ref T pm = ref MemoryMarshal.GetReference(mean);
        var keeps = new Vector<T>(keep);
        var factors = new Vector<T>(factor);
        int i = 0;
        for (; i + Vector<T>.Count <= mean.Length; i += Vector<T>.Count)
        {
            Vector<T> kept = keeps * Vector.LoadUnsafe(ref pm, (nuint)i);
            (kept + factors * Vector.LoadUnsafe(ref pb, (nuint)i)).StoreUnsafe(ref pm, (nuint)i);
            Vector<T>.Zero.StoreUnsafe(ref pb, (nuint)i);
        }
        for (; i < mean.Length; i++)
        {
            mean[i] = keep * mean[i] + factor * batch[i];
            batch[i] = T.Zero;
        }
    }

    /// <summary>Numbers below 1e-30 become 0: what decays for ever ends in denormals, with which a processor is a hundred times slower.</summary>
    public static void FlushTiny<T>(Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T tiny = T.CreateChecked(1e-30);
        ref T first = ref MemoryMarshal.GetReference(values);
        var limits = new Vector<T>(tiny);
        int i = 0;
        for (; i + Vector<T>.Count <= values.Length; i += Vector<T>.Count)
        {
            Vector<T> value = Vector.LoadUnsafe(ref first, (nuint)i);
            Vector
                .ConditionalSelect(Vector.LessThan(Vector.Abs(value), limits), Vector<T>.Zero, value)
                .StoreUnsafe(ref first, (nuint)i);
        }
        for (; i < values.Length; i++)
        {
            values[i] = T.Abs(values[i]) < tiny ? T.Zero : values[i];
        }
    }

    /// <summary>y += factor × x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled<T>(T factor, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T px = ref MemoryMarshal.GetReference(x);
        ref T py = ref MemoryMarshal.GetReference(y);
        var factors = new Vector<T>(factor);
        int i = 0;
        for (; i + Vector<T>.Count <= y.Length; i += Vector<T>.Count)
        {
            (Vector.LoadUnsafe(ref py, (nuint)i) + factors * Vector.LoadUnsafe(ref px, (nuint)i)).StoreUnsafe(ref py, (nuint)i);
        }
        for (; i < y.Length; i++)
        {
            y[i] += factor * x[i];
        }
    }

    /// <summary>Σ x y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T px = ref MemoryMarshal.GetReference(x);
        ref T py = ref MemoryMarshal.GetReference(y);
        Vector<T> even = Vector<T>.Zero;
        Vector<T> odd = Vector<T>.Zero;
        int i = 0;
        for (; i + 2 * Vector<T>.Count <= x.Length; i += 2 * Vector<T>.Count)
        {
            even += Vector.LoadUnsafe(ref px, (nuint)i) * Vector.LoadUnsafe(ref py, (nuint)i);
            nuint second = (nuint)(i + Vector<T>.Count);
            odd += Vector.LoadUnsafe(ref px, second) * Vector.LoadUnsafe(ref py, second);
        }
        T sum = Vector.Sum(even + odd);
        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }
        return sum;
    }
}
