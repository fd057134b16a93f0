using Environments.Randomness;
using Environments.Rendering;
using Environments.Tabular;

namespace Environments.GridWorld.Mazes;

/// <summary>A board for <see cref="NoisyGridWorld"/>. Immutable, shared by all copies that walk on it.</summary>
/// <remarks>Letters: <c>#</c> wall, <c>.</c> free, <c>S</c> start, <c>+</c> +10, <c>-</c> −10, <c>5</c> +5; cells with a reward terminate.</remarks>
public sealed class NoisyGridMap
{
    private static readonly (char Letter, double Probability)[] RandomCells =
    [
        ('#', 0.15),
        ('+', 0.02),
        ('-', 0.02),
        ('5', 0.02),
    ];

    private const string Letters = "#.S+-5";

    private readonly string[] _rows;
    private readonly int _five;
    private readonly TabularModel _model;

    /// <summary>A board of the given rows.</summary>
    /// <param name="rows">Equally long rows of the letters above, with exactly one start.</param>
    /// <param name="noise">η: a move goes where it should with 1 − η, and with η in any of the four directions.</param>
    /// <param name="fallProbability">Probability that an action ends the episode with reward 0, wherever it leads.</param>
    /// <param name="actionCopies">How often each of the four moves is offered; action a goes in direction a mod 4.</param>
    /// <param name="five">Reward of cells <c>5</c>, at least 1.</param>
    /// <exception cref="ArgumentException">The rows differ in length, hold another letter or not one start.</exception>
    public NoisyGridMap(
        IReadOnlyList<string> rows,
        double noise = 0.1,
        double fallProbability = 0.01,
        int actionCopies = 1,
        int five = 5
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        _rows = [.. rows];
        string all = string.Concat(_rows);
        if (
            all.AsSpan().Count('S') != 1
            || Array.Exists(all.ToCharArray(), letter => !Letters.Contains(letter))
            || Array.Exists(_rows, row => row.Length != _rows[0].Length)
        )
        {
            throw new ArgumentException(
                $"[{string.Join(", ", _rows)}] is no board. Write equally long rows of #, ., +, - and 5 with one S.",
                nameof(rows)
            );
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(actionCopies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(five, 1);
        _five = five;
        Fallen = all.Length;
        _model = new TabularModel(
            all.Length + 1,
            4 * actionCopies,
            (state, action) => Transitions(state, action % 4, noise, fallProbability),
            state => state < Fallen && this[state] == 'S' ? 1 : 0
        );
    }

    /// <summary>Rows of the board.</summary>
    public int RowCount => _rows.Length;

    /// <summary>Columns of the board.</summary>
    public int ColumnCount => _rows[0].Length;

    /// <summary>Exact dynamics; state = row × columns + column, and one more for those who fell.</summary>
    public ITabularModel Model => _model;

    /// <summary>The letter of a state's cell.</summary>
    public char this[int state] => _rows[state / ColumnCount][state % ColumnCount];

    internal int Fallen { get; }

    internal TransitionTable Table => _model.Table;

    /// <summary>A random board: each cell but the start, in reading order, tries to become a wall (0.15), +10, −10 and +5 (0.02 each).</summary>
    /// <param name="seed">Seed of the board; every seed is another task.</param>
    /// <param name="size">Rows and columns; the start is the middle.</param>
    /// <param name="actionCopies">How often each of the four moves is offered.</param>
    /// <param name="five">Reward of cells that pay 5 otherwise.</param>
    public static NoisyGridMap Random(ulong seed, int size = 10, int actionCopies = 1, int five = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        var random = new Pcg64(seed);
        var cells = new char[size * size];
        int start = size / 2 * size + size / 2;
        for (int cell = 0; cell < cells.Length; cell++)
        {
            cells[cell] = cell == start ? 'S' : '.';
            for (int i = 0; i < RandomCells.Length && cells[cell] == '.'; i++)
            {
                if (random.NextDouble() < RandomCells[i].Probability)
                {
                    cells[cell] = RandomCells[i].Letter;
                }
            }
        }
        var rows = new string[size];
        for (int row = 0; row < size; row++)
        {
            rows[row] = new string(cells, row * size, size);
        }
        return new NoisyGridMap(rows, actionCopies: actionCopies, five: five);
    }

    /// <summary>A corridor without noise, −10 at its left end, +10 at its right end, the start in the middle.</summary>
    /// <param name="length">Cells, odd and at least 3.</param>
    public static NoisyGridMap Corridor(int length = 21)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        var half = new string('.', (length - 3) / 2);
        return new NoisyGridMap([$"-{half}S{half}+"], noise: 0, fallProbability: 0);
    }

    private IEnumerable<Transition> Transitions(int state, int action, double noise, double fallProbability)
    {
        if (state == Fallen || Reward(state) != 0)
        {
            yield return new Transition(1, state, 0, true);
            yield break;
        }
        for (int direction = 0; direction < 4; direction++)
        {
            double probability = (1 - fallProbability) * ((direction == action ? 1 - noise : 0) + noise / 4);
            if (probability > 0)
            {
                int next = Move(state, direction);
                yield return new Transition(probability, next, Reward(next), Reward(next) != 0);
            }
        }
        if (fallProbability > 0)
        {
            yield return new Transition(fallProbability, Fallen, 0, true);
        }
    }

    private double Reward(int state) =>
        this[state] switch
        {
            '+' => 10,
            '-' => -10,
            '5' => _five,
            _ => 0,
        };

    private int Move(int state, int direction)
    {
        (int rowStep, int columnStep) = CellPainter.Directions[direction];
        int row = Math.Clamp(state / ColumnCount + rowStep, 0, RowCount - 1);
        int column = Math.Clamp(state % ColumnCount + columnStep, 0, ColumnCount - 1);
        int next = row * ColumnCount + column;
        return this[next] == '#' ? state : next;
    }
}
