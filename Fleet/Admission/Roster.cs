using System.Text.RegularExpressions;
using Environments.State;

namespace Fleet.Admission;

/// <summary>The actors that a run has seen, and how far each one's unrolls got. Thread-safe.</summary>
/// <param name="clock">Clock of leases; null for the system's.</param>
internal sealed partial class Roster(TimeProvider? clock = null)
{
    /// <summary>Actors that are remembered at once.</summary>
    public const int Remembered = 1_024;

    // More than are remembered where many have something unsettled.
    private const int MostSaved = 1 << 20;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Dictionary<string, ActorRecord> _actors = [];
    private readonly object _lock = new();

    /// <summary>Actors with an open stream.</summary>
    public int Connected
    {
        get
        {
            lock (_lock)
            {
                return _actors.Values.Count(actor => actor.Connection is not null);
            }
        }
    }

    /// <summary>Oldest journal segment that holds something unsettled; the largest number where nothing is.</summary>
    public long OldestSegment
    {
        get
        {
            long oldest = long.MaxValue;
            foreach (ActorRecord actor in List())
            {
                lock (actor)
                {
                    foreach (Ledger ledger in actor.Ledgers.Values)
                    {
                        oldest = Math.Min(oldest, ledger.OldestSegment);
                    }
                }
            }
            return oldest;
        }
    }

    /// <summary>Unrolls of all actors that were learned from or wait for it, over all processes of the run; in lock step each is a batch.</summary>
    public long BatchesAccepted { get; set; }

    /// <summary>Whether a text may name an actor.</summary>
    public static bool IsName(string id) => Name().IsMatch(id);

    /// <summary>All actors, in the order of their slots.</summary>
    public IReadOnlyList<ActorRecord> List()
    {
        lock (_lock)
        {
            return [.. _actors.Values.OrderBy(actor => actor.Slot)];
        }
    }

    /// <summary>The record of a name; a new one takes the lowest free slot.</summary>
    /// <remarks>For names that this process trusts: where nobody can be forgotten, there is one more.</remarks>
    public ActorRecord Get(string id) => Find(id, mayGrow: true)!;

    /// <summary>The record of a name; a new one takes the lowest free slot, or the place of one that nobody needs. Null where all are needed.</summary>
    public ActorRecord? TryGet(string id) => Find(id, mayGrow: false);

    private ActorRecord? Find(string id, bool mayGrow)
    {
        lock (_lock)
        {
            if (!_actors.TryGetValue(id, out ActorRecord? actor))
            {
                Forget();
                if (_actors.Count >= Remembered && !mayGrow)
                {
                    return null;
                }
                var taken = _actors.Values.Select(other => other.Slot).ToHashSet();
                actor = new ActorRecord(id, Enumerable.Range(0, int.MaxValue).First(slot => !taken.Contains(slot)));
                _actors[id] = actor;
            }
            return actor;
        }
    }

    /// <summary>Forgets incarnations that are over and of which neither queue nor journal holds anything.</summary>
    /// <param name="oldestSegment">Oldest journal segment that a resumed run may read.</param>
    public void Prune(long oldestSegment)
    {
        foreach (ActorRecord actor in List())
        {
            lock (actor)
            {
                foreach ((long incarnation, Ledger ledger) in actor.Ledgers.ToArray())
                {
                    bool current = actor.Connection?.Incarnation == incarnation || actor.LatestIncarnation == incarnation;
                    if (!current && ledger.IsSettled && ledger.Segment < oldestSegment)
                    {
                        actor.Ledgers.Remove(incarnation);
                    }
                }
            }
        }
    }

    /// <summary>Saves what was learned from, as it is now; what is still queued will arrive again, from the journal or its actor.</summary>
    public void SaveState(StateDictionary state)
    {
        IReadOnlyList<ActorRecord> actors = List();
        List<long> numbers = [];
        List<long> ledgers = [];
        for (int i = 0; i < actors.Count; i++)
        {
            ActorRecord actor = actors[i];
            lock (actor)
            {
                numbers.AddRange([actor.Slot, actor.Starts, actor.Copies, actor.Unrolls, actor.Refused, actor.LatestIncarnation]);
                foreach ((long incarnation, Ledger ledger) in actor.Ledgers)
                {
                    ledgers.AddRange([i, incarnation, ledger.NextTrained, ledger.Segment]);
                }
            }
        }
        state.Set<char>("names", string.Join('\n', actors.Select(actor => actor.Id)));
        state.Set<long>("actors", numbers.ToArray());
        state.Set<long>("ledgers", ledgers.ToArray());
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="InvalidDataException">The state is none.</exception>
    public void LoadState(StateDictionary state)
    {
        string[] names = new string(state.GetArray<char>("names")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        long[] numbers = state.GetArray<long>("actors");
        long[] ledgers = state.GetArray<long>("ledgers");
        if (numbers.Length != 6 * names.Length || ledgers.Length % 4 != 0)
        {
            throw new InvalidDataException("the list of its actors is damaged.");
        }
        const long most = long.MaxValue / 2;
        bool possible =
            names.Length <= MostSaved
            && names.Distinct().Count() == names.Length
            && Array.TrueForAll(names, IsName)
            && !numbers.AsSpan().ContainsAnyExceptInRange(0, most)
            && !ledgers.AsSpan().ContainsAnyExceptInRange(0, most);
        for (int i = 0; i < names.Length && possible; i++)
        {
            possible = numbers[6 * i] < MostSaved && numbers[6 * i + 2] <= int.MaxValue;
        }
        for (int i = 0; i < ledgers.Length && possible; i += 4)
        {
            possible = ledgers[i] < names.Length;
        }
        if (!possible)
        {
            throw new InvalidDataException("the list of its actors holds names or numbers that no learner saves.");
        }
        lock (_lock)
        {
            _actors.Clear();
            for (int i = 0; i < names.Length; i++)
            {
                ReadOnlySpan<long> row = numbers.AsSpan(6 * i, 6);
                _actors[names[i]] = new ActorRecord(names[i], (int)row[0])
                {
                    Starts = row[1],
                    Copies = (int)row[2],
                    Unrolls = row[3],
                    Refused = row[4],
                    LatestIncarnation = row[5],
                };
            }
            for (int i = 0; i < ledgers.Length; i += 4)
            {
                Ledger ledger = _actors[names[ledgers[i]]].LedgerOf(ledgers[i + 1]);
                ledger.Restore(ledgers[i + 2], ledgers[i + 3]);
            }
        }
    }

    // Actors that come and go under ever new names must not fill the memory.
    private void Forget()
    {
        if (_actors.Count < Remembered)
        {
            return;
        }
        // Those first from whom nothing was learned: strangers with ever new names must not drive out an actor that is away for a while.
        ActorRecord? oldest = _actors.Values.Where(IsForgettable).MinBy(actor => (actor.Unrolls > 0, actor.LastMessage));
        if (oldest is not null)
        {
            _actors.Remove(oldest.Id);
        }
    }

    private bool IsForgettable(ActorRecord actor)
    {
        lock (actor)
        {
            return !actor.IsHeld(_clock) && actor.Ledgers.Values.All(ledger => ledger.IsSettled);
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,128}\\z")]
    private static partial Regex Name();
}
