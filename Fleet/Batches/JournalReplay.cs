using System.Buffers;
using Fleet.Admission;
using Fleet.Intake;
using Fleet.Journal;
using Fleet.Telemetry;
using Microsoft.Extensions.Logging;
using Protos;
using Protos.Fleet;

namespace Fleet.Batches;

/// <summary>What earlier processes of a run took in and nobody has learned from: read back from the journal, before anything that is new.</summary>
/// <param name="hub">Whose roster says what was learned from.</param>
/// <param name="log">Receives what is damaged.</param>
internal sealed class JournalReplay(FleetHub hub, ILogger log) : IDisposable
{
    private IEnumerator<JournalEntry>? _entries;
    private long _left;

    /// <summary>Finds out how far each actor got, before anybody joins; a second pass reads what was not learned from.</summary>
    /// <param name="firstSegment">Oldest segment that holds anything of it.</param>
    public void Begin(long firstSegment)
    {
        if (hub.Journal is not { } journal)
        {
            return;
        }
        foreach (
            JournalEntry entry in JournalReader.ReadAll(
                journal.Folder,
                (file, why) => FleetLog.JournalDamaged(log, file, why),
                firstSegment
            )
        )
        {
            Ledger ledger = hub.Roster.Get(entry.Header.ActorId).LedgerOf(entry.Header.Incarnation);
            if (entry.Header.SequenceNumber >= ledger.NextAccepted)
            {
                _left++;
                ledger.Accept(entry.Header.SequenceNumber, entry.Segment);
                ledger.Take(entry.Header.SequenceNumber);
                hub.Roster.BatchesAccepted++;
            }
        }
        if (_left > 0)
        {
            FleetLog.Replaying(log, _left);
            _entries = JournalReader.ReadAll(journal.Folder, (_, _) => { }, firstSegment).GetEnumerator();
        }
    }

    /// <summary>The next unroll; null where no more are left.</summary>
    public PendingUnroll? Next()
    {
        while (_entries is not null)
        {
            if (_left == 0 || !_entries.MoveNext())
            {
                Dispose();
                break;
            }
            JournalEntry entry = _entries.Current;
            ActorRecord actor = hub.Roster.Get(entry.Header.ActorId);
            Ledger ledger = actor.LedgerOf(entry.Header.Incarnation);
            if (entry.Header.SequenceNumber < Math.Max(ledger.NextReplayed, ledger.NextTrained))
            {
                continue;
            }
            _left--;
            ledger.NextReplayed = entry.Header.SequenceNumber + 1;
            if (Read(entry) is { } unroll)
            {
                return new PendingUnroll(unroll, actor, ledger);
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _entries?.Dispose();
        _entries = null;
    }

    // A journal is as little trusted as an actor.
    private Unroll? Read(JournalEntry entry)
    {
        UnrollPool pool = hub.Intake.Pool;
        Unroll? unroll = UnrollReader.Read(new ReadOnlySequence<byte>(entry.Message), pool, out string? defect);
        if (unroll is not null && (defect = hub.Checks.Defect(unroll)) is not null)
        {
            pool.Return(unroll);
            unroll = null;
        }
        if (unroll is null)
        {
            FleetLog.JournalDamaged(log, entry.Header.ActorId, defect ?? "");
            return null;
        }
        unroll.Header = entry.Header with
        {
            HasRawObservations = unroll.Header.HasRawObservations,
            AgentIndex = unroll.Header.AgentIndex,
        };
        return unroll;
    }
}
