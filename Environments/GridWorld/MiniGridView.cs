using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Environments.GridWorld;

/// <summary>What the agent of a MiniGrid world sees: 7 × 7 cells, itself in the middle of the lowest row, looking upwards.</summary>
/// <remarks>
/// Kept as seven lines of seven bytes, each the code of a cell. The lines are what lies together in memory: columns of the view where the
/// agent looks along a column of the world, else rows. So a line is one read, and nothing is turned but 8 × 8 bits.
/// </remarks>
internal struct MiniGridView
{
    /// <summary>Cells per side.</summary>
    public const int Size = 7;

    /// <summary>Numbers per view: type, colour and state of each cell.</summary>
    public const int ObservationSize = Size * Size * 3;

    private const int AgentColumn = Size / 2;
    private const int AgentRow = Size - 1;
    private const ulong LowestBits = 0x0101010101010101;

    private const int Columns = 1 << Size; // subsets of the columns

    // By opaque and lit columns of a row, in this order: the columns that are visible in it, and those lit in the next row, times Columns.
    private static readonly ushort[] Light = CreateLight();

    // By code of a cell: type, colour and state.
    private static readonly float[] Symbols = CreateSymbols();

    private Lines _lines; // cell i of a line in byte i; byte 7 is of no meaning
    private bool _linesAreColumns;

    /// <summary>The view from where the agent stands.</summary>
    /// <param name="grid">The world.</param>
    /// <param name="seesThroughWalls">Whether nothing is hidden.</param>
    public static MiniGridView Of(in MiniGrid grid, bool seesThroughWalls)
    {
        Unsafe.SkipInit(out MiniGridView view);
        view.Read(MemoryMarshal.AsBytes(grid.Cells), grid.AgentIndex, grid.AgentDirection);
        if (!seesThroughWalls)
        {
            view.Hide();
        }
        Cell own = grid.Carried == Cell.None ? Cell.Empty : grid.Carried;
        (int line, int place) = view._linesAreColumns ? (AgentColumn, AgentRow) : (AgentRow, AgentColumn);
        view._lines[line] = view._lines[line] & ~(0xFFUL << 8 * place) | (ulong)own.Code << 8 * place;
        return view;
    }

    /// <summary>What is seen in a column and row of the view; <see cref="Cell.None"/> where it is hidden.</summary>
    public readonly Cell At(int column, int row)
    {
        (int line, int place) = _linesAreColumns ? (column, row) : (row, column);
        return Cell.OfCode((byte)(_lines[line] >> 8 * place));
    }

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
        Span<byte> codes = stackalloc byte[Size * sizeof(ulong)];
        for (int i = 0; i < Size; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(codes[(i * sizeof(ulong))..], _lines[i]);
        }
        (int nextColumn, int nextRow) = _linesAreColumns ? (sizeof(ulong), 1) : (1, sizeof(ulong));
        ref byte top = ref MemoryMarshal.GetReference(codes);
        ref float symbols = ref MemoryMarshal.GetArrayDataReference(Symbols);
        ref float destination = ref MemoryMarshal.GetReference(observation[..ObservationSize]);
        for (int column = 0; column < Size - 1; column++)
        {
            WriteColumn(ref top, nextRow, ref symbols, ref destination);
            top = ref Unsafe.Add(ref top, nextColumn);
            destination = ref Unsafe.Add(ref destination, Size * 3);
        }
        // Four floats are written for three, and the next cell overwrites the fourth; the last column has no room for that.
        Span<float> last = stackalloc float[Size * 3 + 1];
        WriteColumn(ref top, nextRow, ref symbols, ref MemoryMarshal.GetReference(last));
        last[..^1].CopyTo(observation[(ObservationSize - Size * 3)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteColumn(ref byte code, int nextRow, ref float symbols, ref float destination)
    {
        for (int row = 0; row < Size; row++)
        {
            Vector128.LoadUnsafe(ref symbols, (nuint)code * 4).StoreUnsafe(ref destination);
            code = ref Unsafe.Add(ref code, nextRow);
            destination = ref Unsafe.Add(ref destination, 3);
        }
    }

    private void Read(ReadOnlySpan<byte> cells, int agent, int direction)
    {
        // Where the first cell of the first line lies, and how far the next line and the next cell are from it.
        int forward = MiniGrid.Offset(direction);
        int right = MiniGrid.Offset(direction + 1);
        int start = agent + AgentRow * forward - AgentColumn * right;
        _linesAreColumns = (direction & 1) != 0;
        (int nextLine, int nextCell) = _linesAreColumns ? (right, -forward) : (-forward, right);
        for (int i = 0; i < Size; i++)
        {
            _lines[i] =
                nextCell > 0
                    ? BinaryPrimitives.ReadUInt64LittleEndian(cells.Slice(start, sizeof(ulong)))
                    : BinaryPrimitives.ReadUInt64BigEndian(cells.Slice(start - (sizeof(ulong) - 1), sizeof(ulong)));
            start += nextLine;
        }
    }

    private void Hide()
    {
        ulong opaque = 0; // byte r, bit c: the cell in row r and column c
        for (int i = 0; i < Size; i++)
        {
            opaque |= HighestBits(_lines[i]) << 8 * i;
        }
        opaque = _linesAreColumns ? Transpose(opaque) : opaque;
        ref ushort light = ref MemoryMarshal.GetArrayDataReference(Light);
        ulong visible = 0;
        uint lit = 1u << AgentColumn;
        for (int row = AgentRow; row >= 0; row--)
        {
            uint found = Unsafe.Add(ref light, (int)((uint)(opaque >> 8 * row) % Columns * Columns + lit));
            visible |= (ulong)(found % Columns) << 8 * row;
            lit = found / Columns;
        }
        visible = _linesAreColumns ? Transpose(visible) : visible;
        for (int i = 0; i < Size; i++)
        {
            _lines[i] &= ByteMask((byte)(visible >> 8 * i));
        }
    }

    // The highest bit of byte k comes to lie at bit 56 + k of the product.
    private static ulong HighestBits(ulong line) => (line >> 7 & LowestBits) * 0x0102040810204080 >> 56;

    // The opposite: bit k fills byte k.
    private static ulong ByteMask(ulong bits)
    {
        ulong spread = bits * LowestBits & 0x8040201008040201;
        return (spread + 0x7F * LowestBits >> 7 & LowestBits) * 0xFF;
    }

    // Mirrors 8 × 8 bits at their diagonal: blocks of 4 × 4 change places, then those of 2 × 2 within each, then single bits.
    private static ulong Transpose(ulong bits)
    {
        bits = SwapBlocks(bits, 28, 0x00000000F0F0F0F0);
        bits = SwapBlocks(bits, 14, 0x0000CCCC0000CCCC);
        return SwapBlocks(bits, 7, 0x00AA00AA00AA00AA);
    }

    private static ulong SwapBlocks(ulong bits, int distance, ulong mask)
    {
        ulong difference = (bits ^ bits >> distance) & mask;
        return bits ^ difference ^ difference << distance;
    }

    // Light spreads from the agent row by row: first to the right, then to the left, through cells that can be seen through; each of these
    // also lights its neighbours in the next row, straight ahead and on the side that the light went to. The cells at the end of
    // a row light nothing when the light arrives there.
    private static ushort[] CreateLight()
    {
        var light = new ushort[Columns * Columns];
        for (int i = 0; i < light.Length; i++)
        {
            (int opaque, int lit, int next) = (i / Columns, i % Columns, 0);
            for (int column = 0; column < Size - 1; column++)
            {
                if ((lit & ~opaque & 1 << column) != 0)
                {
                    lit |= 2 << column;
                    next |= 3 << column;
                }
            }
            for (int column = Size - 1; column > 0; column--)
            {
                if ((lit & ~opaque & 1 << column) != 0)
                {
                    lit |= 1 << column - 1;
                    next |= 3 << column - 1;
                }
            }
            light[i] = (ushort)(lit + next * Columns);
        }
        return light;
    }

    private static float[] CreateSymbols()
    {
        var symbols = new float[256 * 4];
        for (int code = 0; code < 256; code++)
        {
            Cell cell = Cell.OfCode((byte)code);
            symbols[code * 4] = (float)cell.Type;
            symbols[code * 4 + 1] = (float)cell.Colour;
            symbols[code * 4 + 2] = (float)cell.DoorState;
        }
        return symbols;
    }

    [InlineArray(Size)]
    private struct Lines
    {
        private ulong _first;
    }
}
