using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.GridWorld;

/// <summary>The world of a MiniGrid task: cells, the agent and what it carries. Plain values, no references.</summary>
/// <remarks>
/// x grows to the right, y downwards; directions are 0 right, 1 down, 2 left, 3 up. The world lies in a field of wall that is wide enough
/// for every view to stay inside, so that a view is read without looking at borders.
/// </remarks>
public struct MiniGrid
{
    /// <summary>Greatest width and height of a world, outer wall included.</summary>
    public const int MaxSize = 19;

    /// <summary>Distance in <see cref="Cells"/> between a cell and its right neighbour; its lower neighbour is the next cell.</summary>
    internal const int Stride = 32;

    private const int Margin = MiniGridView.Size - 2; // the agent is at least one cell away from the edge
    private const int Length = (MaxSize + 2 * Margin) * Stride;

    private const int MaxAttempts = 100_000;

    private CellField _cells;
    private byte _direction;
    private Cell _carried;

    /// <summary>An empty room with an outer wall.</summary>
    internal MiniGrid(int width, int height) => Clear(width, height);

    /// <summary>Cells from left to right.</summary>
    public int Width { get; private set; }

    /// <summary>Cells from top to bottom.</summary>
    public int Height { get; private set; }

    /// <summary>Column of the agent; −1 while it has not been placed.</summary>
    public int AgentX { get; private set; }

    /// <summary>Row of the agent; −1 while it has not been placed.</summary>
    public int AgentY { get; private set; }

    /// <summary>Where the agent looks: 0 right, 1 down, 2 left, 3 up.</summary>
    public readonly int AgentDirection => _direction;

    /// <summary>What the agent carries; <see cref="Cell.None"/> for nothing.</summary>
    public readonly Cell Carried => _carried;

    /// <summary>The cell in column x and row y.</summary>
    public Cell this[int x, int y]
    {
        readonly get => _cells[IndexOf(x, y)];
        set => _cells[IndexOf(x, y)] = value;
    }

    /// <summary>All cells and the wall around them.</summary>
    internal readonly ReadOnlySpan<Cell> Cells
    {
        [UnscopedRef]
        get => _cells;
    }

    /// <summary>Where the agent's cell lies in <see cref="Cells"/>.</summary>
    internal readonly int AgentIndex => IndexOf(AgentX, AgentY);

    /// <summary>Builds a wall of <paramref name="length"/> cells to the right of (x, y), which is its first.</summary>
    public void BuildRow(int x, int y, int length)
    {
        for (int i = 0; i < length; i++)
        {
            this[x + i, y] = Cell.Wall;
        }
    }

    /// <summary>Builds a wall of <paramref name="length"/> cells downwards from (x, y), which is its first.</summary>
    public void BuildColumn(int x, int y, int length)
    {
        for (int i = 0; i < length; i++)
        {
            this[x, y + i] = Cell.Wall;
        }
    }

    /// <summary>Puts the agent into a cell.</summary>
    public void SetAgent(int x, int y, int direction) => (AgentX, AgentY, _direction) = (x, y, (byte)direction);

    /// <summary>Puts an object into a random empty cell of a rectangle where the agent is not.</summary>
    /// <param name="cell">The object.</param>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="width">Columns; those beyond the world are left out.</param>
    /// <param name="height">Rows; those beyond the world are left out.</param>
    /// <param name="random">The copy's stream.</param>
    /// <param name="minAgentDistance">Least number of moves between the object and the agent.</param>
    /// <exception cref="InvalidOperationException">There is no such cell.</exception>
    public void Place(Cell cell, int left, int top, int width, int height, ref Pcg64 random, int minAgentDistance = 1)
    {
        (int x, int y) = DrawFreeCell(left, top, width, height, ref random, minAgentDistance);
        this[x, y] = cell;
    }

    /// <summary>Puts the agent into a random empty cell of a rectangle, looking into a random direction.</summary>
    /// <exception cref="InvalidOperationException">There is no such cell.</exception>
    public void PlaceAgent(int left, int top, int width, int height, ref Pcg64 random)
    {
        (AgentX, AgentY) = (-1, -1);
        (AgentX, AgentY) = DrawFreeCell(left, top, width, height, ref random, minAgentDistance: 0);
        _direction = (byte)random.NextInt(0, 4);
    }

    /// <summary>A random colour. The original draws it from the alphabetical list of names.</summary>
    public static CellColour DrawColour(ref Pcg64 random) =>
        random.NextInt(0, 6) switch
        {
            0 => CellColour.Blue,
            1 => CellColour.Green,
            2 => CellColour.Grey,
            3 => CellColour.Purple,
            4 => CellColour.Red,
            _ => CellColour.Yellow,
        };

    /// <summary>The cell in front of the agent.</summary>
    public readonly Cell CellAhead => _cells[AgentIndex + Offset(_direction)];

    /// <summary>Makes an empty room with an outer wall of it, without an agent and with empty hands.</summary>
    internal void Clear(int width, int height)
    {
        Span<Cell> cells = _cells;
        cells.Fill(Cell.Wall);
        for (int x = 1; x < width - 1; x++)
        {
            cells.Slice(IndexOf(x, 1), height - 2).Fill(Cell.Empty);
        }
        (Width, Height) = (width, height);
        (AgentX, AgentY, _direction) = (-1, -1, 0);
        _carried = Cell.None;
    }

    /// <summary>Applies an action.</summary>
    /// <returns>Whether the agent has entered a goal.</returns>
    internal bool Act(MiniGridAction action)
    {
        int index = AgentIndex + Offset(_direction);
        Cell ahead = _cells[index];
        switch (action)
        {
            case MiniGridAction.TurnLeft:
                _direction = (byte)(_direction + 3 & 3);
                break;
            case MiniGridAction.TurnRight:
                _direction = (byte)(_direction + 1 & 3);
                break;
            case MiniGridAction.MoveForward when ahead.CanBeEntered:
                AgentX += (1 - _direction) % 2;
                AgentY += (2 - _direction) % 2;
                return ahead == Cell.Goal;
            case MiniGridAction.PickUp when ahead.CanBeCarried && _carried == Cell.None:
                (_carried, _cells[index]) = (ahead, Cell.Empty);
                break;
            case MiniGridAction.Drop when ahead == Cell.Empty && _carried != Cell.None:
                (_carried, _cells[index]) = (Cell.None, _carried);
                break;
            case MiniGridAction.Toggle:
                _cells[index] = ahead.Toggle(_carried);
                break;
            case MiniGridAction.MoveForward or MiniGridAction.PickUp or MiniGridAction.Drop or MiniGridAction.Done:
                break;
            default:
                throw new SwitchExpressionException(action);
        }
        return false;
    }

    /// <summary>Distance in <see cref="Cells"/> to the next cell in a direction, which may be given modulo 4.</summary>
    internal static int Offset(int direction)
    {
        int step = (direction & 1) == 0 ? Stride : 1;
        return (direction & 2) == 0 ? step : -step;
    }

    private static int IndexOf(int x, int y) => (x + Margin) * Stride + y + Margin;

    // Both coordinates are drawn anew until they fit, as in the original, so that seeds give the same worlds.
    private readonly (int X, int Y) DrawFreeCell(int left, int top, int width, int height, ref Pcg64 random, int minAgentDistance)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            int x = random.NextInt(left, Math.Min(left + width, Width));
            int y = random.NextInt(top, Math.Min(top + height, Height));
            if (this[x, y] == Cell.Empty && Math.Abs(x - AgentX) + Math.Abs(y - AgentY) >= minAgentDistance)
            {
                return (x, y);
            }
        }
        throw new InvalidOperationException(
            $"No empty cell was found in the {width} x {height} cells from ({left}, {top}) on, at distance {minAgentDistance} or more from the agent. "
                + "Make the layout leave room for all that it places."
        );
    }

    [InlineArray(Length)]
    private struct CellField
    {
        private Cell _first;
    }
}
