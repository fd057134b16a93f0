using Environments.Randomness;
using Environments.Rendering;
using Environments.Tabular;

namespace Environments.GridWorld.Mazes;

/// <summary>The goals among which each episode of a <see cref="SerpentineMaze"/> takes one. Immutable, shared by all copies.</summary>
public sealed class SerpentineGoals
{
    private readonly int[] _cells;
    private readonly byte[] _wallPatterns;
    private readonly TabularModel _model;

    /// <summary>Different cells drawn at random from all that are free but the start.</summary>
    /// <param name="seed">Seed of the draw; every seed is another set of tasks.</param>
    /// <param name="count">Goals, 1 to 151.</param>
    public SerpentineGoals(ulong seed, int count = 12)
        : this(Draw(seed, count)) { }

    private SerpentineGoals(ReadOnlySpan<int> cells)
    {
        foreach (int cell in cells)
        {
            if ((uint)cell >= (uint)Walls.CellCount || Walls[cell] || cell == Walls.Start)
            {
                throw new ArgumentException($"Cell {cell} is a wall or the start, so it is no goal.", nameof(cells));
            }
        }
        if (cells.IsEmpty || cells.Length > 1 << 8)
        {
            throw new ArgumentException($"{cells.Length} goals were given; 1 to 256 are possible.", nameof(cells));
        }
        int[] goals = _cells = cells.ToArray();
        _wallPatterns = new byte[Walls.CellCount];
        for (int cell = 0; cell < _wallPatterns.Length; cell++)
        {
            _wallPatterns[cell] = (byte)Walls.WallPattern(cell);
        }
        int states = goals.Length * Walls.CellCount;
        _model = new TabularModel(
            states,
            4,
            Transitions,
            state => state % Walls.CellCount == Walls.Start ? 1.0 / goals.Length : 0,
            observation => (int)observation[0] * Walls.CellCount + (int)observation[1]
        );

        IEnumerable<Transition> Transitions(int state, int action)
        {
            (int goal, int cell) = Math.DivRem(state, Walls.CellCount);
            int next = Walls.Move(cell, action);
            bool wasReached = cell == goals[goal];
            bool isReached = next == goals[goal];
            return wasReached
                ? [new Transition(1, state, 0, true)]
                : [new Transition(1, goal * Walls.CellCount + next, isReached ? 1 : 0, isReached)];
        }
    }

    /// <summary>The given cells as goals.</summary>
    /// <param name="cells">Row × 16 + column of 1 to 256 free cells other than the start (1, 1).</param>
    /// <exception cref="ArgumentException">There is no cell, or one that is a wall or the start.</exception>
    public static SerpentineGoals Of(params ReadOnlySpan<int> cells) => new(cells);

    /// <summary>Cells of the goals, row × 16 + column.</summary>
    public ReadOnlySpan<int> Cells => _cells;

    /// <summary>Exact dynamics; state = goal × 256 + cell.</summary>
    public ITabularModel Model => _model;

    internal static SerpentineWalls Walls { get; } = new(16);

    internal TransitionTable Table => _model.Table;

    internal ReadOnlySpan<byte> WallPatterns => _wallPatterns;

    internal void Draw(CellPainter painter, int goal)
    {
        Walls.Draw(painter);
        for (int i = 0; i < _cells.Length; i++)
        {
            (int row, int column) = Math.DivRem(_cells[i], Walls.Size);
            var green = new SkiaSharp.SKColor(40, 150, 70, i == goal ? (byte)255 : (byte)60);
            painter.Square(row, column, green, i == goal ? 0.015f : 0.2f);
        }
    }

    private static ReadOnlySpan<int> Draw(ulong seed, int count)
    {
        var free = new int[Walls.CellCount];
        int freeCount = 0;
        for (int cell = 0; cell < free.Length; cell++)
        {
            if (!Walls[cell] && cell != Walls.Start)
            {
                free[freeCount++] = cell;
            }
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, freeCount);
        var random = new Pcg64(seed);
        random.Shuffle(free.AsSpan(0, freeCount));
        return free.AsSpan(0, count);
    }
}
