using Environments.Randomness;
using Environments.State;
using Learners.Composition;

namespace Learners.Skills;

/// <summary>Observations of all skills so far, of which each has the same chance to be kept (Vitter 1985, algorithm R). Owns them.</summary>
/// <param name="rowSize">Floats of an observation.</param>
/// <param name="capacity">Rows that are kept, at most.</param>
/// <param name="seed">Seed of what is left out.</param>
internal sealed class NegativeMemory(int rowSize, int capacity, SeedSequence seed) : ISavable
{
    private readonly List<float[]> _rows = [];
    private Pcg64 _random = new(seed);
    private float[] _flat = [];

    /// <summary>Rows that were shown.</summary>
    public long Seen { get; private set; }

    /// <summary>Rows that are kept.</summary>
    public int Count => _rows.Count;

    /// <summary>Shows rows.</summary>
    /// <param name="rows"><c>[N, rowSize]</c>.</param>
    public void Add(ReadOnlySpan<float> rows)
    {
        for (int first = 0; first < rows.Length; first += rowSize)
        {
            ReadOnlySpan<float> row = rows.Slice(first, rowSize);
            Seen++;
            if (_rows.Count < capacity)
            {
                _rows.Add(row.ToArray());
                continue;
            }
            long place = (long)(_random.NextDouble() * Seen);
            if (place < capacity)
            {
                row.CopyTo(_rows[(int)place]);
            }
        }
    }

    /// <summary>All rows, one behind the other; valid until the next call.</summary>
    public ReadOnlySpan<float> Rows()
    {
        if (_flat.Length < _rows.Count * rowSize)
        {
            _flat = new float[_rows.Count * rowSize];
        }
        for (int i = 0; i < _rows.Count; i++)
        {
            _rows[i].CopyTo(_flat, i * rowSize);
        }
        return _flat.AsSpan(0, _rows.Count * rowSize);
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set("rows", Rows());
        state.Set("seen", Seen);
        state.Set("random", _random);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        float[] rows = state.GetArray<float>("rows");
        Seen = state.Get("seen", 0L, long.MaxValue / 2);
        _random = state.Get<Pcg64>("random");
        if (rows.Length % rowSize != 0 || rows.Length / rowSize > Math.Min(capacity, Seen))
        {
            throw new InvalidDataException(
                $"The memory of old negatives holds {rows.Length} numbers, which are not observations of {rowSize}, at most {capacity}."
            );
        }
        _rows.Clear();
        for (int first = 0; first < rows.Length; first += rowSize)
        {
            _rows.Add(rows.AsSpan(first, rowSize).ToArray());
        }
    }
}
