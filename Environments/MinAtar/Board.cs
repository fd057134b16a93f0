using System.Numerics;
using System.Runtime.CompilerServices;

namespace Environments.MinAtar;

/// <summary>Cells of the 10 × 10 board by number, and sets of them as bits.</summary>
internal static class Board
{
    public const int Size = 10;

    /// <summary>All 100 cells.</summary>
    public static UInt128 All => (UInt128.One << Size * Size) - 1;

    /// <summary>Number of a cell, row-major.</summary>
    public static int Cell(int row, int column) => row * Size + column;

    public static UInt128 Bit(int row, int column) => UInt128.One << Cell(row, column);

    public static UInt128 Row(int row) => (UInt128)0x3ff << Cell(row, 0);

    public static UInt128 Column(int column)
    {
        // Bits 0, 10, …, 50 and the four rows above them.
        const ulong sixRows = 1 | 1UL << 10 | 1UL << 20 | 1UL << 30 | 1UL << 40 | 1UL << 50;
        const ulong fourRows = sixRows & (1UL << 40) - 1;
        return ((UInt128)sixRows | (UInt128)fourRows << 60) << column;
    }

    /// <summary>Whether a position lies on the board.</summary>
    public static bool Contains(int column) => (uint)column < Size;

    /// <summary>Sets the cells whose bits are set.</summary>
    public static void Paint(UInt128 set, Span<float> cells, int channels, int channel)
    {
        Paint((ulong)set, cells, channels, channel);
        Paint((ulong)(set >> 64), cells[(64 * channels)..], channels, channel);
    }

    /// <inheritdoc cref="Paint(UInt128, Span{float}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Paint(ulong set, Span<float> cells, int channels, int channel)
    {
        for (; set != 0; set &= set - 1)
        {
            cells[BitOperations.TrailingZeroCount(set) * channels + channel] = 1;
        }
    }
}
