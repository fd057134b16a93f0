using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <content>Sums of outer products of rows with themselves.</content>
internal static partial class MatrixProduct
{
    // Rows of C that begin at the same column.
    private const int GramRows = 32;

    /// <summary>C[i, j] += Σ_k X[k, i] X[k, j] for j ≥ i. What lies below the diagonal of C is worthless afterwards.</summary>
    /// <param name="x">X, <c>[count, size]</c> row-major.</param>
    /// <param name="c">C, <c>[size, size]</c> row-major; must not overlap X.</param>
    /// <param name="size">Numbers of a row.</param>
    /// <param name="count">Rows of X, at least 1.</param>
    public static void AddGram(ReadOnlySpan<float> x, Span<float> c, int size, int count)
    {
        if (size < 1 || count < 1 || (long)count * size > x.Length || (long)size * size > c.Length)
        {
            throw new ArgumentException(
                $"{count} rows of {size} numbers and their products do not fit {x.Length} and {c.Length} floats."
            );
        }
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float pc = ref MemoryMarshal.GetReference(c);
        for (int first = 0; first < size; first += GramRows)
        {
            int rows = Math.Min(GramRows, size - first);
            var shape = new Shape(1, size, size, 0, rows, size, count, true);
            ref float a = ref Unsafe.Add(ref px, first);
            ref float tile = ref Unsafe.Add(ref pc, first * size);
            int done = Vector512.IsHardwareAccelerated
                ? Panels<Simd512, Vector512<float>>(ref a, ref px, ref px, false, ref tile, first, shape)
                : first;
            done = Panels<Simd256, Vector256<float>>(ref a, ref px, ref px, false, ref tile, done, shape);
            Rest(ref a, ref px, ref px, false, ref tile, done, shape);
        }
    }
}
