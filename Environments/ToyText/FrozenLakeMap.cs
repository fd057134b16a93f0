using Environments.Randomness;
using Environments.Tabular;

namespace Environments.ToyText;

/// <summary>A lake for <see cref="FrozenLake"/>: S start, F frozen, H hole, G goal. Immutable, shared by all copies that walk on it.</summary>
public sealed class FrozenLakeMap
{
    private readonly string[] _rows;
    private readonly TabularModel _model;

    /// <summary>A lake of the given rows.</summary>
    /// <param name="rows">Equally long rows of the letters S, F, H and G, with at least one S.</param>
    /// <param name="slippery">Whether a move may go to either side of its direction instead.</param>
    /// <param name="successRate">Probability that a move on slippery ice goes where it should; the sides share the rest.</param>
    /// <exception cref="ArgumentException">The rows differ in length, hold another letter or no start.</exception>
    public FrozenLakeMap(IReadOnlyList<string> rows, bool slippery = true, double successRate = 1.0 / 3)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(successRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successRate, 1);
        _rows = [.. rows];
        string all = string.Concat(_rows);
        if (
            !all.Contains('S')
            || all.AsSpan().ContainsAnyExcept("SFHG")
            || Array.Exists(_rows, row => row.Length != _rows[0].Length)
        )
        {
            throw new ArgumentException(
                $"[{string.Join(", ", _rows)}] is no lake. Write equally long rows of S, F, H and G with at least one S.",
                nameof(rows)
            );
        }
        double sideRate = successRate == 1.0 / 3 ? successRate : (1 - successRate) / 2; // thirds as Gymnasium rounds them
        int starts = all.AsSpan().Count('S');
        _model = new TabularModel(
            all.Length,
            4,
            (state, action) => Transitions(state, action, slippery, successRate, sideRate),
            state => this[state] == 'S' ? 1.0 / starts : 0
        );
    }

    /// <summary>Gymnasium's 4 × 4 lake, slippery.</summary>
    public static FrozenLakeMap FourByFour { get; } = new(["SFFF", "FHFH", "FFFH", "HFFG"]);

    /// <summary>Gymnasium's 8 × 8 lake, slippery.</summary>
    public static FrozenLakeMap EightByEight { get; } =
        new(["SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF", "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG"]);

    /// <summary>Rows of the lake.</summary>
    public int RowCount => _rows.Length;

    /// <summary>Columns of the lake.</summary>
    public int ColumnCount => _rows[0].Length;

    /// <summary>Exact dynamics; state = row × columns + column.</summary>
    public ITabularModel Model => _model;

    /// <summary>The letter of a state's cell.</summary>
    public char this[int state] => _rows[state / ColumnCount][state % ColumnCount];

    internal TransitionTable Table => _model.Table;

    /// <summary>A random square lake whose goal can be reached, the one that Gymnasium makes of the same seed.</summary>
    /// <param name="size">Rows and columns, at least 2.</param>
    /// <param name="frozen">Probability that a cell is no hole.</param>
    /// <param name="seed">Seed of the map.</param>
    /// <param name="slippery">Whether the ice is slippery.</param>
    public static FrozenLakeMap Random(int size = 8, double frozen = 0.8, ulong seed = 0, bool slippery = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frozen);
        double threshold = frozen < 1 ? frozen / (frozen + (1 - frozen)) : 1;
        var random = new Pcg64(seed);
        var cells = new char[size * size];
        do
        {
            foreach (ref char cell in cells.AsSpan())
            {
                cell = random.NextDouble() < threshold ? 'F' : 'H';
            }
            cells[0] = 'S';
            cells[^1] = 'G';
        } while (!GoalIsReachable(cells, size));
        return new FrozenLakeMap([.. cells.Chunk(size).Select(row => new string(row))], slippery);
    }

    private IEnumerable<Transition> Transitions(int state, int action, bool slippery, double successRate, double sideRate)
    {
        if (this[state] is 'G' or 'H')
        {
            return [new Transition(1, state, 0, true)];
        }
        return slippery
            ? [Move(state, (action + 3) % 4, sideRate), Move(state, action, successRate), Move(state, (action + 1) % 4, sideRate)]
            : [Move(state, action, 1)];
    }

    private Transition Move(int state, int direction, double probability)
    {
        (int row, int column) = Math.DivRem(state, ColumnCount);
        (row, column) = direction switch
        {
            0 => (row, Math.Max(column - 1, 0)),
            1 => (Math.Min(row + 1, RowCount - 1), column),
            2 => (row, Math.Min(column + 1, ColumnCount - 1)),
            _ => (Math.Max(row - 1, 0), column),
        };
        int next = row * ColumnCount + column;
        return new Transition(probability, next, this[next] == 'G' ? 1 : 0, this[next] is 'G' or 'H');
    }

    private static bool GoalIsReachable(char[] cells, int size)
    {
        var seen = new bool[cells.Length];
        var open = new Stack<int>([0]);
        while (open.TryPop(out int cell))
        {
            if (seen[cell] || cells[cell] == 'H')
            {
                continue;
            }
            seen[cell] = true;
            (int row, int column) = Math.DivRem(cell, size);
            if (column > 0)
            {
                open.Push(cell - 1);
            }
            if (column < size - 1)
            {
                open.Push(cell + 1);
            }
            if (row > 0)
            {
                open.Push(cell - size);
            }
            if (row < size - 1)
            {
                open.Push(cell + size);
            }
        }
        return seen[^1];
    }
}
