using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Environments.State;

namespace Learners.Auxiliary;

/// <summary>How often each key was seen. Once it holds as many keys as it may, those that come later share one count.</summary>
/// <param name="limit">Most keys that are counted apart.</param>
internal sealed class VisitCounts(int limit = int.MaxValue)
{
    private readonly Dictionary<ulong, long> _counts = [];
    private long _others; // visits of all keys that found no room

    /// <summary>Keys that are counted apart.</summary>
    public int Keys => _counts.Count;

    /// <summary>Visits of all keys.</summary>
    public long Total { get; private set; }

    /// <summary>Keys that are counted apart, with their visits, in the order in which they were first seen.</summary>
    public IReadOnlyCollection<KeyValuePair<ulong, long>> Counts => _counts;

    /// <summary>Whether a key is counted apart.</summary>
    public bool Has(ulong key) => _counts.ContainsKey(key);

    /// <summary>Adds visits.</summary>
    /// <param name="key">Of one key.</param>
    /// <param name="visits">How many, at least 1.</param>
    public void Add(ulong key, long visits = 1)
    {
        Total += visits;
        ref long count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
        if (!Unsafe.IsNullRef(ref count))
        {
            count += visits;
        }
        else if (_counts.Count < limit)
        {
            _counts.Add(key, visits);
        }
        else
        {
            _others += visits;
        }
    }

    /// <summary>Adds the visits of another count.</summary>
    public void Add(VisitCounts others)
    {
        foreach ((ulong key, long visits) in others._counts)
        {
            Add(key, visits);
        }
    }

    /// <summary>Entropy of the key of a visit, in nats, those without room being one key; 0 without visits.</summary>
    public double Entropy()
    {
        double sum = Part(_others);
        foreach (long count in _counts.Values)
        {
            sum += Part(count);
        }
        return sum;

        double Part(long count) => count == 0 ? 0 : -(double)count / Total * Math.Log((double)count / Total);
    }

    /// <summary>Visits of a key, or of all that found no room; 0 where it was never seen and there still is room.</summary>
    public long Of(ulong key) => _counts.TryGetValue(key, out long count) ? count : _others;

    /// <summary>Saves all counts, in the order in which keys were first seen.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set<ulong>("keys", _counts.Keys.ToArray());
        state.Set<long>("counts", _counts.Values.ToArray());
        state.Set("others", _others);
    }

    /// <summary>Continues from saved counts, also from more than the limit.</summary>
    /// <exception cref="InvalidDataException">They are no counts of visits.</exception>
    public void LoadState(StateDictionary state)
    {
        ulong[] keys = state.GetArray<ulong>("keys");
        long[] counts = state.GetArray<long>("counts");
        if (keys.Length != counts.Length || counts.Any(count => count < 1))
        {
            throw new InvalidDataException(
                $"There are {counts.Length} saved counts of {keys.Length} keys; each key needs one, of at least 1."
            );
        }
        _counts.Clear();
        for (int i = 0; i < keys.Length; i++)
        {
            if (!_counts.TryAdd(keys[i], counts[i]))
            {
                throw new InvalidDataException("A key was saved twice.");
            }
        }
        _others = state.Get("others", 0L, long.MaxValue / 2);
        Total = _counts.Values.Sum() + _others;
    }
}
