using System.Threading.Channels;
using Environments.Wrappers;
using Fleet.Journal;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Microsoft.Extensions.Logging;
using Protos;
using Protos.Fleet;

namespace Fleet;

/// <summary>Where the streams of the actors and the learner meet: who is there, what waits, what is published. Thread-safe.</summary>
/// <remarks>
/// An unroll's way: check → number (again? drop) → journal, where there is one → queue, which waits while it is full → batch. It is
/// acknowledged once it is in the journal or learned from.
/// </remarks>
internal sealed partial class FleetHub : IDisposable
{
    // Unrolls that a killed learner may have acknowledged after its last checkpoint, and updates that it may have taken.
    private const long MostForgotten = 1_000_000;

    private readonly TrainingSettings _settings;
    private readonly FleetSettings _fleet;
    private readonly UnrollChecks _checks;
    private readonly Channel<PendingUnroll> _queue;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly string _settingsYaml;
    private readonly CancellationTokenSource _closed = new();
    private volatile Goodbye? _closing;

    /// <summary>The hub of a run.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="runId">Name of the run.</param>
    /// <param name="checks">What unrolls must be.</param>
    /// <param name="journal">Where they are kept before they are acknowledged; null for nowhere. Owned from here on.</param>
    /// <param name="clock">Clock of idle times.</param>
    /// <param name="log">Receives what happens to actors.</param>
    public FleetHub(
        TrainingSettings settings,
        string runId,
        UnrollChecks checks,
        UnrollJournal? journal,
        TimeProvider clock,
        ILogger log
    )
    {
        _settings = settings;
        _fleet = settings.Fleet;
        _checks = checks;
        _clock = clock;
        _log = log;
        RunId = runId;
        Journal = journal;
        Roster = new Roster(clock);
        QueueCapacity = _fleet.QueueBatches * (settings.Agent.Copies / CopiesPerActor);
        _queue = Channel.CreateBounded<PendingUnroll>(
            new BoundedChannelOptions(QueueCapacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true }
        );
        Pool = new UnrollPool(checks.Refusal, 2 * QueueCapacity + 16);
        Metrics = new FleetMetrics(() => QueueLength, () => Roster.Connected);
        Pulse = new LearningPulse(clock);
        _settingsYaml = SettingsSources.WriteForActors(settings);
    }

    /// <summary>Name of the run.</summary>
    public string RunId { get; }

    /// <summary>Who is there.</summary>
    public Roster Roster { get; }

    /// <summary>What unrolls must be.</summary>
    public UnrollChecks Checks => _checks;

    /// <summary>Clock of idle times.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>Published parameters.</summary>
    public ParameterStore Parameters { get; } = new();

    /// <summary>Memory of unrolls.</summary>
    public UnrollPool Pool { get; }

    /// <summary>Counters.</summary>
    public FleetMetrics Metrics { get; }

    /// <summary>Whether the training loop gets on.</summary>
    public LearningPulse Pulse { get; }

    /// <summary>Unrolls on disk; null where none are kept.</summary>
    public UnrollJournal? Journal { get; }

    /// <summary>Unrolls that wait for the learner.</summary>
    public int QueueLength => _queue.Reader.Count;

    /// <summary>Unrolls that may wait before actors are slowed down.</summary>
    public int QueueCapacity { get; }

    /// <summary>Unrolls that were learned from or wait for it, over all processes of the run; in lock step each is a batch.</summary>
    public long BatchesAccepted { get; set; }

    /// <summary>Accepted unrolls, in order.</summary>
    public ChannelReader<PendingUnroll> Queue => _queue.Reader;

    /// <summary>Time stamp of now.</summary>
    public long Now => _clock.GetTimestamp();

    /// <summary>Seconds since a time stamp.</summary>
    public double SecondsSince(long timestamp) => _clock.GetElapsedTime(timestamp).TotalSeconds;

    /// <summary>Notes that a stream ended.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="connection">Which one.</param>
    /// <param name="broke">Whether it broke, so that the name is kept for its actor for a moment; else it left by itself.</param>
    public void Leave(ActorRecord actor, ActorConnection connection, bool broke = true)
    {
        lock (actor)
        {
            if (actor.Connection == connection)
            {
                actor.Connection = null;
                actor.LeaseStart = broke ? Now : null;
                FleetLog.Left(_log, actor.Id);
            }
        }
    }

    /// <summary>Takes a message in; waits while the queue is full.</summary>
    public async ValueTask ReceiveAsync(ActorRecord actor, ActorConnection connection, ActorFrame frame)
    {
        Metrics.CountReceived(frame.Bytes);
        Unroll? unroll = frame.Unroll;
        if (_closing is not null)
        {
            if (unroll is not null)
            {
                Pool.Return(unroll);
            }
            return;
        }
        string? defect =
            frame.Defect
            ?? (unroll is null ? "it is a second hello" : null)
            ?? (unroll!.Copies == actor.Copies ? null : $"it has {unroll.Copies} copies, but its actor announced {actor.Copies}")
            ?? (
                unroll.Header.HasRawObservations
                    ? null
                    : "its observations are not raw, as those of version 1 of the protocol were not"
            )
            ?? _checks.Defect(unroll!);
        PendingUnroll pending;
        lock (actor)
        {
            actor.LastMessage = Now;
            if (actor.Quarantine is not null)
            {
                if (unroll is not null)
                {
                    Pool.Return(unroll);
                }
                return; // its goodbye is on the way
            }
            Ledger ledger = actor.LedgerOf(connection.Incarnation);
            if (defect is not null)
            {
                Refuse(actor, ledger, connection, unroll, defect);
                return;
            }
            long number = unroll!.Header.SequenceNumber;
            if (number < ledger.NextAccepted)
            {
                Metrics.CountDuplicate();
                Pool.Return(unroll);
                connection.Wake();
                return;
            }
            if (number > ledger.NextAccepted)
            {
                // Only what an actor still holds from before this stream can lie behind a gap.
                if (number - ledger.NextAccepted > MostForgotten || number >= connection.Announced)
                {
                    defect = $"nobody has sent {number} unrolls before it, number {ledger.NextAccepted} is due";
                    Refuse(actor, ledger, connection, unroll, defect);
                    return;
                }
                Metrics.CountMissing(number - ledger.NextAccepted);
                FleetLog.Missing(_log, actor.Id, ledger.NextAccepted, number);
                ledger.Skip(number);
            }
            if (UpdatesAhead(unroll) is > 0 and var ahead)
            {
                RefuseFuture(actor, ledger, connection, unroll, ahead);
                return;
            }
            unroll.Header = unroll.Header with
            {
                ActorId = actor.Id,
                Incarnation = connection.Incarnation,
                EnvironmentId = _settings.Environment,
            };
            ledger.Accept(number, Journal?.Segment ?? 0, unroll);
            // Oldest first, so that the journal has no gaps when it could not be written for a while.
            while (ledger.OldestUnsafe is { } waiting && Journal?.TryAppend(waiting) is { } segment)
            {
                ledger.Keep(segment);
            }
            if (Journal is not null && ledger.OldestUnsafe is not null)
            {
                Metrics.CountOutsideJournal();
            }
            BatchesAccepted++;
            actor.Unrolls++;
            actor.Defects = 0;
            Metrics.CountAccepted();
            pending = new PendingUnroll(unroll, actor, ledger);
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
            acknowledgement.Newest = Parameters.Newest;
            acknowledgement.Refused = actor.Refused;
            return connection.Message;
        }
    }

    /// <summary>Notes that an unroll was learned from, or refused when its turn came.</summary>
    public static void Settle(in PendingUnroll pending, bool refused = false)
    {
        lock (pending.Actor)
        {
            pending.Ledger.Settle(pending.Unroll.Header.SequenceNumber);
            pending.Actor.Refused += refused ? 1 : 0;
            pending.Actor.Connection?.Wake();
        }
    }

    /// <summary>Publishes parameters and lets every actor know.</summary>
    public void Publish(ReadOnlySpan<float> parameters, long version, RunningStatistics? statistics)
    {
        Parameters.Publish(parameters, version, statistics);
        if (_fleet.LockStep)
        {
            foreach (ActorRecord actor in Roster.List())
            {
                lock (actor)
                {
                    actor.Connection?.Wake();
                }
            }
        }
    }

    /// <summary>Sends every actor away; nobody joins from now on.</summary>
    public void Close(Goodbye.Types.Reason reason, string detail)
    {
        _closing = new Goodbye { Reason = reason, Detail = detail };
        foreach (ActorRecord actor in Roster.List())
        {
            lock (actor)
            {
                actor.Connection?.Close(reason, detail);
            }
        }
        _closed.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        Metrics.Dispose();
        Journal?.Dispose();
    }

    /// <summary>Updates by which an unroll's parameters are further ahead of the learner's than they can be; 0 where they are not.</summary>
    /// <remarks>A learner that was killed may have published some that the one that goes on has yet to reach.</remarks>
    private long UpdatesAhead(Unroll unroll)
    {
        long ahead = unroll.Header.ParameterVersion - Parameters.Newest.ParameterVersion;
        return ahead > MostForgotten ? ahead : 0;
    }

    // No defect that adds up to a quarantine: a learner that begins anew without a checkpoint finds honest actors far ahead.
    private void RefuseFuture(ActorRecord actor, Ledger ledger, ActorConnection connection, Unroll unroll, long ahead)
    {
        Metrics.CountRefused(RefusalReason.Stale, unroll.Steps * unroll.Copies);
        actor.Refused++;
        FleetLog.Refused(_log, actor.Id, $"its parameters are {ahead} updates ahead of the learner's");
        Pool.Return(unroll);
        ledger.Refuse();
        connection.Wake();
    }

    private void Refuse(ActorRecord actor, Ledger ledger, ActorConnection connection, Unroll? unroll, string defect)
    {
        Metrics.CountRefused(RefusalReason.Poisoned, unroll is null ? 0 : unroll.Steps * unroll.Copies);
        actor.Refused++;
        actor.Defects++;
        FleetLog.Refused(_log, actor.Id, defect);
        if (unroll is not null)
        {
            Pool.Return(unroll);
        }
        ledger.Refuse();
        if (actor.Defects >= _fleet.QuarantineAfter)
        {
            actor.Quarantine = $"{actor.Defects} messages in a row were refused, the last one because {defect}.";
            FleetLog.Quarantined(_log, actor.Id, actor.Quarantine);
            connection.Close(Goodbye.Types.Reason.Quarantined, actor.Quarantine);
        }
        connection.Wake();
    }
}
