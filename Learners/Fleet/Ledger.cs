using Learners.Fleet.Journal;
using Protos;

namespace Learners.Fleet;

/// <summary>How far the unrolls of one incarnation got; sequence numbers only grow, so a few numbers say it all.</summary>
internal sealed class Ledger
{
    private readonly Queue<long> _pending = new();
    private readonly Queue<Unroll> _outside = new();

    /// <summary>Number after the highest one that was taken in or refused.</summary>
    public long NextAccepted { get; set; }

    /// <summary>Number after the highest one that is in the queue, or has left it.</summary>
    public long NextTaken { get; set; }

    /// <summary>Number after the highest one that is safe: journalled, learned from, or refused.</summary>
    public long NextSafe { get; set; }

    /// <summary>Number after the highest one that was learned from, or refused when its turn came.</summary>
    public long NextTrained { get; set; }

    /// <summary>Number after the highest one that was read back from the journal.</summary>
    public long NextReplayed { get; set; }

    /// <summary>Journal segment that holds the latest of them.</summary>
    public long Segment { get; private set; }

    /// <summary>Whether all that was taken in is settled.</summary>
    public bool IsSettled => _pending.Count == 0;

    /// <summary>Oldest journal segment that holds something unsettled; the largest number where nothing is.</summary>
    public long OldestSegment => _pending.TryPeek(out long segment) ? segment : long.MaxValue;

    /// <summary>Continues from what a checkpoint says.</summary>
    public void Restore(long nextTrained, long segment)
    {
        NextTrained = NextSafe = NextTaken = NextAccepted = nextTrained;
        Segment = segment;
    }

    /// <summary>Notes an unroll that was taken in.</summary>
    /// <param name="number">Its sequence number.</param>
    /// <param name="segment">Journal segment that holds it, or would.</param>
    public void Accept(long number, long segment)
    {
        NextAccepted = number + 1;
        Segment = segment;
        _pending.Enqueue(segment);
    }

    /// <summary>Writes the latest unroll to the journal, after those that could not be written before: a journal with gaps could not be replayed.</summary>
    /// <param name="journal">Where it goes.</param>
    /// <param name="unroll">It may not change until it is settled.</param>
    /// <returns>Its segment; null when it could not be written.</returns>
    public long? Append(UnrollJournal journal, Unroll unroll)
    {
        _outside.Enqueue(unroll);
        long? segment = null;
        while (_outside.TryPeek(out Unroll? next) && (segment = journal.TryAppend(next)) is not null)
        {
            _outside.Dequeue();
            NextSafe = Math.Max(NextSafe, next.Header.SequenceNumber + 1);
        }
        return segment;
    }

    /// <summary>Notes that the oldest unsettled unroll was learned from or refused.</summary>
    public void Settle(long number)
    {
        _pending.TryDequeue(out _);
        while (_outside.TryPeek(out Unroll? next) && next.Header.SequenceNumber <= number)
        {
            _outside.Dequeue(); // learned from before the disk had room for it
        }
        NextTrained = number + 1;
        NextSafe = Math.Max(NextSafe, NextTrained);
    }
}
