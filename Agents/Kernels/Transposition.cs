using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
            for (int column = 0; column < columns; column++)
            {
                for (int row = first; row < last; row++)
                {
                    Unsafe.Add(ref to, column * rows + row) = Unsafe.Add(ref from, row * columns + column);
                }
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
