using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Environments.State;

namespace Learners.Auxiliary;

/// <summary>How often each key was seen. Once it holds as many keys as it may, those that come later share one count.</summary>
/// <param name="limit">Most keys that are counted apart.</param>
internal sealed class VisitCounts(int limit)
{
    private readonly Dictionary<ulong, long> _counts = [];
    private long _others; // visits of all keys that found no room

    /// <summary>Keys that are counted apart.</summary>
    public int Keys => _counts.Count;

    /// <summary>Adds a visit.</summary>
    public void Add(ulong key)
    {
        ref long count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
        if (!Unsafe.IsNullRef(ref count))
        {
            count++;
        }
        else if (_counts.Count < limit)
        {
            _counts.Add(key, 1);
        }
        else
        {
            _others++;
        }
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
    }
}
