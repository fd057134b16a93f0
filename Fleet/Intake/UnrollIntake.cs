using System.Threading.Channels;
using Fleet.Admission;
using Fleet.Checks;
using Fleet.Journal;
using Fleet.Publishing;
using Fleet.Telemetry;
using Learners.Composition;
using Microsoft.Extensions.Logging;
using Protos;
using Protos.Fleet;

namespace Fleet.Intake;

/// <summary>What happens with an actor's unroll until the learner takes it, and what the actor is told about it. Thread-safe.</summary>
/// <remarks>
/// An unroll's way: check → number (again? drop) → journal, where there is one → queue, which waits while it is full → batch. It is
/// acknowledged once it is in the journal or learned from.
/// </remarks>
internal sealed class UnrollIntake : IDisposable
{
    // Unrolls that a killed learner may have acknowledged after its last checkpoint, and updates that it may have taken.
    private const long MostForgotten = 1_000_000;

    private readonly string _environment;
    private readonly UnrollChecks _checks;
    private readonly UnrollJournal? _journal;
    private readonly Doorkeeper _admission;
    private readonly Roster _roster;
    private readonly ParameterStore _parameters;
    private readonly FleetMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Channel<PendingUnroll> _queue;
    private readonly CancellationTokenSource _closed = new(); // without a timer, so there is nothing to dispose of

    /// <summary>The intake of a run.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="checks">What unrolls must be.</param>
    /// <param name="journal">Where they are kept before they are acknowledged; null for nowhere.</param>
    /// <param name="admission">Who sends those away whose messages are defective.</param>
    /// <param name="roster">Who is there.</param>
    /// <param name="parameters">Published parameters.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="clock">Clock of idle times.</param>
    /// <param name="log">Receives what is refused.</param>
    public UnrollIntake(
        TrainingSettings settings,
        UnrollChecks checks,
        UnrollJournal? journal,
        Doorkeeper admission,
        Roster roster,
        ParameterStore parameters,
        FleetMetrics metrics,
        TimeProvider clock,
        ILogger log
    )
    {
        _environment = settings.Environment;
        _checks = checks;
        _journal = journal;
        _admission = admission;
        _roster = roster;
        _parameters = parameters;
        _metrics = metrics;
        _clock = clock;
        _log = log;
        QueueCapacity = settings.Fleet.QueueBatches * (settings.Agent.Copies / admission.CopiesPerActor);
        _queue = Channel.CreateBounded<PendingUnroll>(
            new BoundedChannelOptions(QueueCapacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true }
        );
        Pool = new UnrollPool(checks.Refusal, 2 * QueueCapacity + 16);
    }

    /// <summary>Memory of unrolls.</summary>
    public UnrollPool Pool { get; }

    /// <summary>Unrolls that wait for the learner.</summary>
    public int QueueLength => _queue.Reader.Count;

    /// <summary>Unrolls that may wait before actors are slowed down.</summary>
    public int QueueCapacity { get; }

    /// <summary>Accepted unrolls, in order.</summary>
    public ChannelReader<PendingUnroll> Queue => _queue.Reader;

    /// <summary>Takes a message in; waits while the queue is full.</summary>
    public async ValueTask ReceiveAsync(ActorRecord actor, ActorConnection connection, ActorFrame frame)
    {
        _metrics.CountReceived(frame.Bytes);
        if (_admission.IsClosed)
        {
            Return(frame.Unroll);
            return;
        }
        if (TryAccept(actor, connection, frame.Unroll, DefectOf(frame, actor)) is not { } pending)
        {
            return;
        }
        // It is accepted, so it waits for its place even where its stream breaks meanwhile: sent again, it would be dropped.
        try
        {
            await _queue.Writer.WriteAsync(pending, _closed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return; // The learner stops. Its actor has it still, or the journal; the stream goes on to the goodbye.
        }
        lock (actor)
        {
            pending.Ledger.Take(pending.Unroll.Header.SequenceNumber);
        }
        connection.Wake();
    }

    /// <summary>What to tell an actor now; the connection's own message, valid until the next call for it.</summary>
    public LearnerMessage AcknowledgementFor(ActorRecord actor, ActorConnection connection)
    {
        lock (actor)
        {
            Ledger ledger = actor.LedgerOf(connection.Incarnation);
            Acknowledgement acknowledgement = connection.Message.Acknowledgement;
            acknowledgement.NextSequenceNumber = ledger.NextSafe;
            acknowledgement.NextTaken = ledger.NextTaken;
            acknowledgement.Newest = _parameters.Newest;
            acknowledgement.Refused = actor.Refused;
            return connection.Message;
        }
    }

    /// <summary>Waits for no place in the queue any more.</summary>
    public void Close() => _closed.Cancel();

    /// <inheritdoc/>
    public void Dispose() => Close();

    private string? DefectOf(ActorFrame frame, ActorRecord actor)
    {
        if (frame.Defect is { } defect)
        {
            return defect;
        }
        if (frame.Unroll is not { } unroll)
        {
            return "it is a second hello";
        }
        if (unroll.Copies != actor.Copies)
        {
            return $"it has {unroll.Copies} copies, but its actor announced {actor.Copies}";
        }
        return unroll.Header.HasRawObservations
            ? _checks.Defect(unroll)
            : "its observations are not raw, as those of version 1 of the protocol were not";
    }

    /// <returns>The unroll on its way to the queue; null where it was refused or dropped.</returns>
    private PendingUnroll? TryAccept(ActorRecord actor, ActorConnection connection, Unroll? unroll, string? defect)
    {
        lock (actor)
        {
            actor.LastMessage = _clock.GetTimestamp();
            if (actor.Quarantine is not null)
            {
                Return(unroll);
                return null; // its goodbye is on the way
            }
            Ledger ledger = actor.LedgerOf(connection.Incarnation);
            if (defect is not null || unroll is null)
            {
                Refuse(actor, ledger, connection, unroll, defect!);
                return null;
            }
            long number = unroll.Header.SequenceNumber;
            if (number < ledger.NextAccepted)
            {
                _metrics.CountDuplicate();
                Pool.Return(unroll);
                connection.Wake();
                return null;
            }
            if (number > ledger.NextAccepted)
            {
                // Only what an actor still holds from before this stream can lie behind a gap.
                if (number - ledger.NextAccepted > MostForgotten || number >= connection.Announced)
                {
                    string gap = $"nobody has sent {number} unrolls before it, number {ledger.NextAccepted} is due";
                    Refuse(actor, ledger, connection, unroll, gap);
                    return null;
                }
                _metrics.CountMissing(number - ledger.NextAccepted);
                FleetLog.Missing(_log, actor.Id, ledger.NextAccepted, number);
                ledger.Skip(number);
            }
            if (UpdatesAhead(unroll) is > 0 and var ahead)
            {
                RefuseFuture(actor, ledger, connection, unroll, ahead);
                return null;
            }
            unroll.Header = unroll.Header with
            {
                ActorId = actor.Id,
                Incarnation = connection.Incarnation,
                EnvironmentId = _environment,
            };
            Keep(ledger, unroll);
            _roster.BatchesAccepted++;
            actor.Unrolls++;
            actor.Defects = 0;
            _metrics.CountAccepted();
            return new PendingUnroll(unroll, actor, ledger);
        }
    }

    private void Keep(Ledger ledger, Unroll unroll)
    {
        ledger.Accept(unroll.Header.SequenceNumber, _journal?.Segment ?? 0, unroll);
        // Oldest first, so that the journal has no gaps when it could not be written for a while.
        while (ledger.OldestUnsafe is { } waiting && _journal?.TryAppend(waiting) is { } segment)
        {
            ledger.Keep(segment);
        }
        if (_journal is not null && ledger.OldestUnsafe is not null)
        {
            _metrics.CountOutsideJournal();
        }
    }

    /// <summary>Updates by which an unroll's parameters are further ahead of the learner's than they can be; 0 where they are not.</summary>
    /// <remarks>A learner that was killed may have published some that the one that goes on has yet to reach.</remarks>
    private long UpdatesAhead(Unroll unroll)
    {
        long ahead = unroll.Header.ParameterVersion - _parameters.Newest.ParameterVersion;
        return ahead > MostForgotten ? ahead : 0;
    }

    // No defect that adds up to a quarantine: a learner that begins anew without a checkpoint finds honest actors far ahead.
    private void RefuseFuture(ActorRecord actor, Ledger ledger, ActorConnection connection, Unroll unroll, long ahead)
    {
        _metrics.CountRefused(RefusalReason.Stale, unroll.Steps * unroll.Copies);
        actor.Refused++;
        FleetLog.Refused(_log, actor.Id, $"its parameters are {ahead} updates ahead of the learner's");
        Pool.Return(unroll);
        ledger.Refuse();
        connection.Wake();
    }

    private void Refuse(ActorRecord actor, Ledger ledger, ActorConnection connection, Unroll? unroll, string defect)
    {
        _metrics.CountRefused(RefusalReason.Poisoned, unroll is null ? 0 : unroll.Steps * unroll.Copies);
        actor.Refused++;
        FleetLog.Refused(_log, actor.Id, defect);
        Return(unroll);
        ledger.Refuse();
        _admission.Blame(actor, connection, defect);
        connection.Wake();
    }

    private void Return(Unroll? unroll)
    {
        if (unroll is not null)
        {
            Pool.Return(unroll);
        }
    }
}
