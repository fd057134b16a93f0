using Protos;

namespace Fleet.Admission;

/// <summary>How far the unrolls of one incarnation got; sequence numbers only grow, so what is on its way says it all.</summary>
internal sealed class Ledger
{
    private readonly List<Entry> _pending = [];

    /// <summary>Number after the highest one that was taken in or refused.</summary>
    public long NextAccepted { get; private set; }

    /// <summary>Number after the highest one that is in the queue, or has left it.</summary>
    public long NextTaken { get; private set; }

    /// <summary>Number after the highest one up to which all are safe: journalled, learned from, or refused.</summary>
    public long NextSafe => OldestUnsafeEntry?.Number ?? NextAccepted;

    /// <summary>Number after the highest one up to which all were learned from, or refused.</summary>
    public long NextTrained => IsSettled ? NextAccepted : _pending[0].Number;

    /// <summary>Number after the highest one that was read back from the journal.</summary>
    public long NextReplayed { get; set; }

    /// <summary>Journal segment that holds the latest of them.</summary>
    public long Segment { get; private set; }

    /// <summary>Whether all that was taken in is settled.</summary>
    public bool IsSettled => _pending.Count == 0;

    /// <summary>Oldest journal segment that holds something unsettled; the largest number where nothing is.</summary>
    public long OldestSegment => IsSettled ? long.MaxValue : _pending.Min(entry => entry.Segment);

    /// <summary>The oldest unroll that is not safe; null where all are.</summary>
    public Unroll? OldestUnsafe => OldestUnsafeEntry?.Unroll;

    private Entry? OldestUnsafeEntry => _pending.Find(static entry => !entry.IsSafe);

    /// <summary>Continues from what a checkpoint says.</summary>
    public void Restore(long nextTrained, long segment)
    {
        NextTaken = NextAccepted = nextTrained;
        Segment = segment;
    }

    /// <summary>Notes an unroll that was taken in.</summary>
    /// <param name="number">Its sequence number, at least <see cref="NextAccepted"/>.</param>
    /// <param name="segment">Journal segment that holds it, or would.</param>
    /// <param name="unroll">The unroll, which is kept until it is safe; null where the journal holds it.</param>
    public void Accept(long number, long segment, Unroll? unroll = null)
    {
        NextAccepted = number + 1;
        Segment = segment;
        _pending.Add(new Entry(number) { Segment = segment, Unroll = unroll });
    }

    /// <summary>Notes that the oldest unsafe unroll is in the journal now.</summary>
    public void Keep(long segment)
    {
        if (OldestUnsafeEntry is { } oldest)
        {
            oldest.Unroll = null;
            oldest.Segment = segment;
            Segment = segment;
        }
    }

    /// <summary>Notes that an unroll has found its place in the queue.</summary>
    public void Take(long number) => NextTaken = Math.Max(NextTaken, number + 1);

    /// <summary>Notes that an unroll was learned from or refused when its turn came; in any order.</summary>
    public void Settle(long number)
    {
        for (int i = 0; i < _pending.Count; i++)
        {
            if (_pending[i].Number == number)
            {
                _pending.RemoveAt(i);
                return;
            }
        }
    }

    /// <summary>Notes a refused message: it takes the place of the unroll that was due, which nobody should send again.</summary>
    public void Refuse()
    {
        NextAccepted++;
        NextTaken = NextAccepted;
    }

    /// <summary>Notes that unrolls before a number will not come: they were acknowledged by a learner that is gone.</summary>
    public void Skip(long number) => NextAccepted = number;

    private sealed class Entry(long number)
    {
        public long Number => number;
        public long Segment { get; set; }
        public Unroll? Unroll { get; set; }
        public bool IsSafe => Unroll is null;
    }
}
