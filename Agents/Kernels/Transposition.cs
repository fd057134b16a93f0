using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Kernels;

/// <summary>Rows to columns.</summary>
internal static class Transposition
{
    // As many rows at a time, so that each cache line of the destination is written while it is near.
    private const int Block = 8;

    /// <summary>destination[c, r] = source[r, c].</summary>
    /// <param name="source"><c>[rows, columns]</c> row-major.</param>
    /// <param name="destination">Destination, <c>[columns, rows]</c> row-major.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    public static void Copy(ReadOnlySpan<float> source, Span<float> destination, int rows, int columns)
    {
        RequireSizes(source, destination, rows, columns);
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        for (int first = 0; first < rows; first += Block)
        {
            int last = Math.Min(first + Block, rows);
            int column = 0;
            if (Avx.IsSupported && last - first == Block)
            {
                for (; column + Block <= columns; column += Block)
                {
                    Square(
                        ref Unsafe.Add(ref from, first * columns + column),
                        columns,
                        ref Unsafe.Add(ref to, column * rows + first),
                        rows
                    );
                }
            }
            for (; column < columns; column++)
            {
                for (int row = first; row < last; row++)
                {
                    Unsafe.Add(ref to, column * rows + row) = Unsafe.Add(ref from, row * columns + column);
                }
            }
        }
    }

    /// <summary>matrix[j, i] = matrix[i, j] for j above i.</summary>
    /// <param name="matrix"><c>[size, size]</c> row-major.</param>
    /// <param name="size">Rows and columns.</param>
    public static void MirrorUpper(Span<float> matrix, int size)
    {
        RequireSizes(matrix, matrix, size, size);
        ref float first = ref MemoryMarshal.GetReference(matrix);
        for (int row = 0; row < size; row++)
        {
            // Whole squares right of the diagonal one are copied from the first row of theirs.
            int squares = Avx.IsSupported && row - row % Block + Block <= size ? row - row % Block + Block : size;
            for (int column = row + 1; column < squares; column++)
            {
                Unsafe.Add(ref first, column * size + row) = Unsafe.Add(ref first, row * size + column);
            }
            int rest = squares;
            for (; row % Block == 0 && rest + Block <= size; rest += Block)
            {
                Square(ref Unsafe.Add(ref first, row * size + rest), size, ref Unsafe.Add(ref first, rest * size + row), size);
            }
            rest = squares + (size - squares) / Block * Block;
            for (; rest < size; rest++)
            {
                Unsafe.Add(ref first, rest * size + row) = Unsafe.Add(ref first, row * size + rest);
            }
        }
    }

    /// <summary>destination[c, r] += source[r, c].</summary>
    /// <inheritdoc cref="Copy"/>
    public static void Add(ReadOnlySpan<float> source, Span<float> destination, int rows, int columns)
    {
        RequireSizes(source, destination, rows, columns);
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        for (int first = 0; first < columns; first += Block)
        {
            int last = Math.Min(first + Block, columns);
            for (int row = 0; row < rows; row++)
            {
                for (int column = first; column < last; column++)
                {
                    Unsafe.Add(ref to, column * rows + row) += Unsafe.Add(ref from, row * columns + column);
                }
            }
        }
    }

    // Eight registers of eight floats: neighbours, then pairs, then halves change places.
    private static void Square(ref float from, nint fromRow, ref float to, nint toRow)
    {
        Vector256<float> r0 = Simd256.Load(ref from, 0);
        Vector256<float> r1 = Simd256.Load(ref from, fromRow);
        Vector256<float> r2 = Simd256.Load(ref from, 2 * fromRow);
        Vector256<float> r3 = Simd256.Load(ref from, 3 * fromRow);
        Vector256<float> r4 = Simd256.Load(ref from, 4 * fromRow);
        Vector256<float> r5 = Simd256.Load(ref from, 5 * fromRow);
        Vector256<float> r6 = Simd256.Load(ref from, 6 * fromRow);
        Vector256<float> r7 = Simd256.Load(ref from, 7 * fromRow);
        (r0, r1) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1));
        (r2, r3) = (Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        (r4, r5) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5));
        (r6, r7) = (Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        const byte low = 0x44;
        const byte high = 0xEE;
        (r0, r2) = (Avx.Shuffle(r0, r2, low), Avx.Shuffle(r0, r2, high));
        (r1, r3) = (Avx.Shuffle(r1, r3, low), Avx.Shuffle(r1, r3, high));
        (r4, r6) = (Avx.Shuffle(r4, r6, low), Avx.Shuffle(r4, r6, high));
        (r5, r7) = (Avx.Shuffle(r5, r7, low), Avx.Shuffle(r5, r7, high));
        const byte lowHalves = 0x20;
        const byte highHalves = 0x31;
        Simd256.Store(Avx.Permute2x128(r0, r4, lowHalves), ref to, 0);
        Simd256.Store(Avx.Permute2x128(r2, r6, lowHalves), ref to, toRow);
        Simd256.Store(Avx.Permute2x128(r1, r5, lowHalves), ref to, 2 * toRow);
        Simd256.Store(Avx.Permute2x128(r3, r7, lowHalves), ref to, 3 * toRow);
        Simd256.Store(Avx.Permute2x128(r0, r4, highHalves), ref to, 4 * toRow);
        Simd256.Store(Avx.Permute2x128(r2, r6, highHalves), ref to, 5 * toRow);
        Simd256.Store(Avx.Permute2x128(r1, r5, highHalves), ref to, 6 * toRow);
        Simd256.Store(Avx.Permute2x128(r3, r7, highHalves), ref to, 7 * toRow);
    }

    private static void RequireSizes(ReadOnlySpan<float> source, Span<float> destination, int rows, int columns)
    {
        long size = (long)rows * columns;
        if (source.Length < size || destination.Length < size)
        {
            throw new ArgumentException(
                $"{rows} rows of {columns} columns do not fit {source.Length} and {destination.Length} floats."
            );
        }
    }
}
