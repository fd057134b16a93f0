using System.Runtime.InteropServices;
using Agents.Yaml;
using Environments.Spaces;

namespace Learners.Skills;

/// <summary>Counts visits of states. Real numbers are the same state where they lie in the same cell.</summary>
internal sealed class StateCells
{
    private const int CellsOfBounded = 20;
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private readonly int _rowSize;
    private readonly int[] _components;
    private readonly (double Low, double Width)[] _cells; // of each component; width 0 where numbers are whole
    private readonly Dictionary<ulong, long> _visits = [];

    /// <summary>No visits yet.</summary>
    /// <param name="observations">Space of the observations.</param>
    /// <param name="settings">Which components count, and how wide a cell is.</param>
    /// <exception cref="SettingsException">A component is not there.</exception>
    public StateCells(Space observations, SampleSettings settings)
    {
        _rowSize = observations.Size;
        _components = settings.Components ?? [.. Enumerable.Range(0, _rowSize)];
        if (_components.FirstOrDefault(place => place < 0 || place >= _rowSize, -1) is >= 0 and var wrong)
        {
            throw new SettingsException(
                $"samples.components: there is no component {wrong}; an observation has {_rowSize}, from 0 on."
            );
        }
        _cells = [.. _components.Select(place => CellOf(observations, place, settings.CellSize))];
    }

    /// <summary>Different states.</summary>
    public int Count => _visits.Count;

    /// <summary>Visits of all states.</summary>
    public long Total { get; private set; }

    /// <summary>States and visits.</summary>
    public IReadOnlyDictionary<ulong, long> Visits => _visits;

    /// <summary>Counts visits.</summary>
    /// <param name="rows">Observations, <c>[N, ObservationSize]</c>.</param>
    public void Add(ReadOnlySpan<float> rows)
    {
        for (int first = 0; first < rows.Length; first += _rowSize)
        {
            Add(KeyOf(rows.Slice(first, _rowSize)), 1);
        }
    }

    /// <summary>Counts visits of another count.</summary>
    public void Add(IEnumerable<KeyValuePair<ulong, long>> visits)
    {
        foreach ((ulong key, long count) in visits)
        {
            Add(key, count);
        }
    }

    /// <summary>Whether a state was visited.</summary>
    public bool Has(ulong key) => _visits.ContainsKey(key);

    /// <summary>Entropy of a visit's state, in nats; 0 without visits.</summary>
    public double Entropy()
    {
        double sum = 0;
        foreach (long count in _visits.Values)
        {
            double share = (double)count / Total;
            sum -= share * Math.Log(share);
        }
        return sum;
    }

    /// <summary>Number of the state of an observation; different ones have different numbers but for chance.</summary>
    public ulong KeyOf(ReadOnlySpan<float> row)
    {
        ulong hash = Offset;
        for (int i = 0; i < _components.Length; i++)
        {
            (double low, double width) = _cells[i];
            double value = row[_components[i]];
            long cell = width == 0 ? (long)value : (long)Math.Floor((value - low) / width);
            hash = (hash ^ (ulong)cell) * Prime;
            hash ^= hash >> 29;
        }
        return hash;
    }

    private void Add(ulong key, long count)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_visits, key, out _) += count;
        Total += count;
    }

    private static (double Low, double Width) CellOf(Space space, int place, float width) =>
        space switch
        {
            Box { ElementType: ElementType.UInt8 } => (0, 0),
            Box box => double.IsFinite(box.Low[place]) && double.IsFinite(box.High[place]) && box.High[place] - box.Low[place] < 1e6
                ? (box.Low[place], Math.Max(1e-12, (box.High[place] - box.Low[place]) / CellsOfBounded))
                : (0, width),
            Discrete or MultiDiscrete => (0, 0),
            _ => (0, width),
        };
}
