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
