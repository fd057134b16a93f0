using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Environments.GridWorld;

/// <summary>
/// What the agent of a MiniGrid world sees: 7 × 7 cells, itself in the middle of the lowest row, looking upwards. Seven rows of seven bytes,
/// each the code of a cell, the leftmost in the lowest byte.
/// </summary>
[InlineArray(Size)]
internal struct MiniGridView
{
    /// <summary>Cells per side.</summary>
    public const int Size = 7;

    /// <summary>Numbers per view: type, colour and state of each cell.</summary>
    public const int ObservationSize = Size * Size * 3;

    private const int AgentColumn = Size / 2;
    private const int AgentRow = Size - 1;
    private const ulong LowestBits = 0x0101010101010101;

    private static readonly float[] Symbols = CreateSymbols();

    private ulong _row;

    /// <summary>The view from where the agent stands.</summary>
    /// <param name="grid">The world.</param>
    /// <param name="seesThroughWalls">Whether nothing is hidden.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MiniGridView Of(in MiniGrid grid, bool seesThroughWalls)
    {
        Unsafe.SkipInit(out MiniGridView view);
        view.Read(grid.Cells, grid.AgentIndex, grid.AgentDirection);
        if (!seesThroughWalls)
        {
            view.Hide();
        }
        Cell own = grid.Carried == Cell.None ? Cell.Empty : grid.Carried;
        const int shift = 8 * AgentColumn;
        view[AgentRow] = view[AgentRow] & ~(0xFFUL << shift) | (ulong)own.Code << shift;
        return view;
    }

    /// <summary>What is seen in a column and row of the view; <see cref="Cell.None"/> where it is hidden.</summary>
    public readonly Cell At(int column, int row) => Cell.OfCode((byte)(this[row] >> 8 * column));

    /// <summary>Where a cell of the view lies in the world.</summary>
    public static (int X, int Y) Locate(in MiniGrid grid, int column, int row)
    {
        (int forward, int right) = (AgentRow - row, column - AgentColumn);
        return grid.AgentDirection switch
        {
            0 => (grid.AgentX + forward, grid.AgentY + right),
            1 => (grid.AgentX - right, grid.AgentY + forward),
            2 => (grid.AgentX - forward, grid.AgentY - right),
            _ => (grid.AgentX + right, grid.AgentY - forward),
        };
    }

    /// <summary>Writes type, colour and state of every cell, column by column.</summary>
    /// <param name="observation">Destination, <c>[column][row][3]</c>.</param>
    public readonly void Write(Span<float> observation)
    {
        ref float destination = ref MemoryMarshal.GetReference(observation[..ObservationSize]);
        ref float symbols = ref MemoryMarshal.GetArrayDataReference(Symbols);
        nuint at = 0;
        for (int column = 0; column < Size; column++)
        {
            int last = column == Size - 1 ? AgentRow : Size;
            for (int row = 0; row < last; row++)
            {
                // Four floats are written for three; the next cell overwrites the fourth.
                Vector128.LoadUnsafe(ref symbols, (nuint)(byte)(this[row] >> 8 * column) * 4).StoreUnsafe(ref destination, at);
                at += 3;
            }
        }
        Symbols.AsSpan((int)(this[AgentRow] >> 8 * (Size - 1)) * 4, 3).CopyTo(observation[(ObservationSize - 3)..]);
    }

    private void Read(ReadOnlySpan<Cell> cells, int agent, int direction)
    {
        int forward = MiniGrid.Offset(direction);
        int right = MiniGrid.Offset(direction + 1);
        int start = agent - AgentColumn * right;
        for (int row = AgentRow; row >= 0; row--)
        {
            int index = start;
            ulong packed = 0;
            for (int column = 0; column < Size; column++)
            {
                packed |= (ulong)cells[index].Code << 8 * column;
                index += right;
            }
            this[row] = packed;
            start += forward;
        }
    }

    // Light spreads from the agent row by row: first to the right, then to the left, through cells that can be seen through; each of these
    // also lights its neighbours in the next row, straight ahead and on the side that the light went to. The cells at the end of
    // a row light nothing when the light arrives there.
    private void Hide()
    {
        const uint all = (1u << Size) - 1;
        const uint allButLast = all >> 1;
        const uint allButFirst = all - 1;
        uint lit = 1u << AgentColumn;
        for (int row = AgentRow; row >= 0; row--)
        {
            uint clear = ~OpaqueColumns(this[row]) & all;
            uint toTheRight = SpreadUp(lit & clear, clear);
            lit |= toTheRight << 1 & all;
            uint toTheLeft = SpreadDown(lit & clear, clear);
            lit |= toTheLeft >> 1;
            this[row] &= ByteMask(lit);
            toTheRight &= allButLast;
            toTheLeft &= allButFirst;
            lit = toTheRight | toTheRight << 1 | toTheLeft | toTheLeft >> 1;
        }
    }

    private static uint SpreadUp(uint lit, uint clear)
    {
        lit |= clear & lit << 1;
        clear &= clear << 1;
        lit |= clear & lit << 2;
        clear &= clear << 2;
        return lit | clear & lit << 4;
    }

    private static uint SpreadDown(uint lit, uint clear)
    {
        lit |= clear & lit >> 1;
        clear &= clear >> 1;
        lit |= clear & lit >> 2;
        clear &= clear >> 2;
        return lit | clear & lit >> 4;
    }

    // Collects the highest bit of every byte: byte k's comes to lie at bit 56 + k of the product.
    private static uint OpaqueColumns(ulong row) => (uint)((row >> 7 & LowestBits) * 0x0102040810204080 >> 56);

    // The opposite: bit k fills byte k.
    private static ulong ByteMask(uint columns)
    {
        ulong bits = columns * LowestBits & 0x8040201008040201;
        return (bits + 0x7F * LowestBits >> 7 & LowestBits) * 0xFF;
    }

    private static float[] CreateSymbols()
    {
        var symbols = new float[256 * 4];
        for (int code = 0; code < 256; code++)
        {
            Cell cell = Cell.OfCode((byte)code);
            symbols[code * 4] = (float)cell.Type;
            symbols[code * 4 + 1] = (float)cell.Colour;
            symbols[code * 4 + 2] = (float)cell.Door;
        }
        return symbols;
    }
}
