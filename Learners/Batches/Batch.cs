using Agents.Programs;

namespace Learners.Batches;

/// <summary>N samples as named columns, time-major where they are sequences. Owns its arrays, but for those that it shares, and is refilled.</summary>
internal sealed class Batch
{
    private readonly Dictionary<Column, float[]> _columns = [];
    private readonly HashSet<Column> _shared = [];

    /// <summary>A batch of some columns.</summary>
    /// <param name="columns">Columns, each once.</param>
    /// <param name="count">Samples, N = T × B.</param>
    /// <param name="steps">Consecutive steps, T; 1 for samples that do not belong together.</param>
    public Batch(IEnumerable<Column> columns, int count = 0, int steps = 1)
    {
        foreach (Column column in columns)
        {
            if (_columns.Keys.Any(other => other.Name == column.Name && other != column))
            {
                throw new ArgumentException(
                    $"Two different columns have the name '{column.Name}'. Name each by itself.",
                    nameof(columns)
                );
            }
            _columns[column] = [];
        }
        Resize(count, steps);
    }

    /// <summary>Samples, N.</summary>
    public int Count { get; private set; }

    /// <summary>Consecutive steps, T.</summary>
    public int Steps { get; private set; } = 1;

    /// <summary>Sequences, B; as many as samples where those do not belong together.</summary>
    public int Sequences => Count / Steps;

    /// <summary>The observation begins an episode, <c>[T, B]</c>; filled for networks with a core alone.</summary>
    public bool[] EpisodeStarts { get; private set; } = [];

    /// <summary>All columns.</summary>
    public IReadOnlyCollection<Column> Columns => _columns.Keys;

    /// <summary>The numbers of a column, <c>[N, Width]</c> or <c>[B, Width]</c>; the array may be longer.</summary>
    /// <exception cref="KeyNotFoundException">The batch has no such column.</exception>
    public float[] this[Column column] =>
        _columns.TryGetValue(column, out float[]? rows)
            ? rows
            : throw new KeyNotFoundException(
                $"The batch has no column '{column.Name}' of {column.Width} numbers; it has {string.Join(", ", _columns.Keys.Select(known => known.Name))}. "
                    + "An objective names what it reads, and something must fill it."
            );

    /// <summary>Whether the batch has a column.</summary>
    public bool Has(Column column) => _columns.ContainsKey(column);

    /// <summary>Makes room; arrays that fit stay as they are.</summary>
    /// <param name="count">Samples, N = T × B.</param>
    /// <param name="steps">Consecutive steps, T.</param>
    public void Resize(int count, int steps)
    {
        (Count, Steps) = (count, steps);
        foreach ((Column column, float[] rows) in _columns)
        {
            int size = Rows(column) * column.Width;
            if (rows.Length < size && !_shared.Contains(column))
            {
                _columns[column] = GC.AllocateArray<float>(size, pinned: true); // tensors may alias it
            }
        }
        if (EpisodeStarts.Length != count)
        {
            EpisodeStarts = new bool[count];
        }
    }

    /// <summary>Lets a column be somebody else's array, until it is shared again.</summary>
    /// <param name="column">A column of the batch.</param>
    /// <param name="rows">At least as long as the column.</param>
    public void Share(Column column, float[] rows)
    {
        if (rows.Length < Rows(column) * column.Width)
        {
            throw new ArgumentException(
                $"{rows.Length} floats are not {Rows(column)} rows of the column '{column.Name}'.",
                nameof(rows)
            );
        }
        _columns[column] = rows;
        _shared.Add(column);
    }

    /// <summary>Copies samples of another batch, of those columns that both have.</summary>
    /// <param name="source">Whence.</param>
    /// <param name="rows">Its samples t × B + b, as many as this batch has; of whole sequences, time-major, where there are steps.</param>
    public void Gather(Batch source, ReadOnlySpan<int> rows)
    {
        foreach ((Column column, float[] to) in _columns)
        {
            if (!source._columns.TryGetValue(column, out float[]? from))
            {
                continue;
            }
            int width = column.Width;
            if (column.Space == RowSpace.Sequences)
            {
                for (int b = 0; b < Sequences; b++)
                {
                    from.AsSpan(rows[b] % source.Sequences * width, width).CopyTo(to.AsSpan(b * width));
                }
            }
            else if (width == 1)
            {
                for (int i = 0; i < rows.Length; i++)
                {
                    to[i] = from[rows[i]];
                }
            }
            else
            {
                for (int i = 0; i < rows.Length; i++)
                {
                    from.AsSpan(rows[i] * width, width).CopyTo(to.AsSpan(i * width));
                }
            }
        }
        for (int i = 0; i < rows.Length; i++)
        {
            EpisodeStarts[i] = source.EpisodeStarts[rows[i]];
        }
    }

    private int Rows(Column column) => column.Space == RowSpace.Sequences ? Sequences : Count;
}
