using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.State;
using Environments.Wrappers;
using Fleet.Journal;
using Learners.Composition;
using Learners.Sources;
using Learners.Training;
using Microsoft.Extensions.Logging;
using Protos;
using Protos.Fleet;

namespace Fleet;

/// <summary>Batches of what remote actors streamed: the same interface and contents as the inline source. Owns the hub.</summary>
internal sealed class RemoteUnrollSource : IUnrollSource
{
    private readonly FleetHub _hub;
    private readonly FleetSettings _settings;
    private readonly int _lag;
    private readonly TrainingAudit? _audit;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Unroll _batch;
    private Unroll? _inputs; // batches that hold unrolls of version 1 of the protocol, as the network reads them
    private readonly Dictionary<int, List<PendingUnroll>> _groups = [];
    private readonly List<PendingUnroll> _learning = [];
    private readonly List<Unroll> _parts = [];
    private IEnumerator<JournalEntry>? _replay;
    private long _replaysLeft;
    private bool _isOpen;
    private long _version;
    private long _received;
    private long _publications;

    /// <summary>A source over a hub.</summary>
    /// <param name="hub">Where unrolls arrive; owned from here on.</param>
    /// <param name="spec">Network that acts.</param>
    /// <param name="shape">Shape of a batch.</param>
    /// <param name="settings">The run.</param>
    /// <param name="audit">Lists what was learned from; null for nobody who counts.</param>
    /// <param name="clock">Clock of durations.</param>
    /// <param name="log">Receives what happens.</param>
    public RemoteUnrollSource(
        FleetHub hub,
        NetworkSpec spec,
        UnrollShape shape,
        TrainingSettings settings,
        TrainingAudit? audit,
        TimeProvider clock,
        ILogger log
    )
    {
        _hub = hub;
        _settings = settings.Fleet;
        _lag = settings.Agent.FixedPolicyLag;
        _audit = audit;
        _log = log;
        _clock = clock;
        Spec = spec;
        _batch = new Unroll(shape);
        Observations = new ObservationStatistics(spec, settings.Wrappers);
    }

    /// <summary>Lets actors in; called once, when parameters are published and saved state is loaded.</summary>
    public Func<Task> OpenAsync { get; init; } = () => Task.CompletedTask;

    /// <inheritdoc/>
    public NetworkSpec Spec { get; }

    /// <inheritdoc/>
    public RunningStatistics? ObservationStatistics => Observations.Newest.Statistics;

    /// <summary>How raw observations become inputs.</summary>
    internal ObservationStatistics Observations { get; }

    /// <inheritdoc/>
    public RunningStatistics? RunningObservations => Observations.Running;

    /// <inheritdoc/>
    public void TakeStatistics(RunningStatistics earlier, double rows) => Observations.ContinueFrom(earlier, rows);

    /// <inheritdoc/>
    /// <remarks>Environments live with their actors, which survive a learner.</remarks>
    public bool CanSaveEnvironments => true;

    /// <inheritdoc/>
    public async ValueTask<Unroll> NextAsync(CancellationToken cancellationToken)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            await OpenAsync().ConfigureAwait(false);
        }
        long started = _clock.GetTimestamp();
        using Activity? activity = FleetMetrics.Activities.StartActivity("wait for batch");
        while (true)
        {
            PendingUnroll pending = NextReplay() ?? await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            // Of two actors' sizes each fills batches of its own, so that every batch has the same shape.
            if (!_groups.TryGetValue(pending.Unroll.Copies, out List<PendingUnroll>? group))
            {
                _groups[pending.Unroll.Copies] = group = [];
            }
            group.Add(pending);
            DropStale(group);
            if (group.Count * pending.Unroll.Copies == _batch.Copies)
            {
                _hub.Metrics.RecordWait(_clock.GetElapsedTime(started));
                _received = _clock.GetTimestamp();
                _hub.Pulse.Beat();
                return Join(group);
            }
        }
    }

    /// <inheritdoc/>
    public void Publish(ReadOnlySpan<float> parameters, long version)
    {
        _version = version;
        _hub.Pulse.Beat();
        Observations.Publish(version);
        _hub.Publish(parameters, version, ObservationStatistics);
        _publications++;
        if (_learning.Count == 0)
        {
            return;
        }
        _hub.Metrics.RecordUpdate(_clock.GetElapsedTime(_received));
        foreach (PendingUnroll pending in _learning)
        {
            _audit?.Add(pending.Unroll.Header);
            FleetHub.Settle(pending);
            _hub.Pool.Return(pending.Unroll);
        }
        _learning.Clear();
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set("audit", _audit?.Save() ?? 0);
        state.Set("publications", _publications);
        Observations.SaveState(state.Scope("statistics"));
        if (_hub.Journal is { } journal)
        {
            // In this order: what arrives in between goes into the new segment.
            journal.BeginSegment();
            state.Set("segment", journal.Need(OldestNeededSegment()));
        }
        if (_settings.LockStep && _lag > 0)
        {
            _hub.Parameters.SaveLagging(state.Scope("parameters"));
        }
        _hub.Roster.SaveState(state.Scope("roster"));
    }

    /// <inheritdoc/>
    public void StateIsSafe()
    {
        _hub.Journal?.Prune();
        _hub.Roster.Prune(_hub.Journal?.OldestNeeded ?? long.MaxValue);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _audit?.Load(state.Get<long>("audit"));
        // The publication that follows is the newest one again.
        _publications = state.Get("publications", 0L, long.MaxValue / 2) - 1;
        _hub.Parameters.ContinueFrom(_publications - 1, state.Scope("parameters"));
        _hub.BatchesAccepted = _publications;
        Observations.LoadState(state.Scope("statistics"));
        RestoreLagging(state.Scope("parameters"));
        _hub.Roster.LoadState(state.Scope("roster"));
        BeginReplay(_hub.Journal is null || !state.Contains("segment") ? 0 : state.Get("segment", 0L, long.MaxValue / 2));
    }

    /// <inheritdoc/>
    public void End(bool completed)
    {
        _hub.Pulse.Rest();
        _hub.Close(
            completed ? Goodbye.Types.Reason.RunCompleted : Goodbye.Types.Reason.LearnerStops,
            completed ? "The run has taken its last step." : "The learner stops; it may come back."
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _replay?.Dispose();
        _hub.Dispose();
    }

    // A first pass finds out how far each actor got before anybody joins; the second one reads what was not learned from.
    private void BeginReplay(long firstSegment)
    {
        if (_hub.Journal is not { } journal)
        {
            return;
        }
        foreach (
            JournalEntry entry in JournalReader.ReadAll(
                journal.Folder,
                (file, why) => FleetLog.JournalDamaged(_log, file, why),
                firstSegment
            )
        )
        {
            ActorRecord actor = _hub.Roster.Get(entry.Header.ActorId);
            Ledger ledger = actor.LedgerOf(entry.Header.Incarnation);
            if (entry.Header.SequenceNumber >= ledger.NextAccepted)
            {
                _replaysLeft++;
                ledger.Accept(entry.Header.SequenceNumber, entry.Segment);
                ledger.Take(entry.Header.SequenceNumber);
                _hub.BatchesAccepted++;
            }
        }
        if (_replaysLeft > 0)
        {
            FleetLog.Replaying(_log, _replaysLeft);
            _replay = JournalReader.ReadAll(journal.Folder, (_, _) => { }, firstSegment).GetEnumerator();
        }
    }

    private ValueTask<PendingUnroll> ReceiveAsync(CancellationToken cancellationToken)
    {
        _hub.Pulse.Rest();
        return _hub.Queue.ReadAsync(cancellationToken);
    }

    private PendingUnroll? NextReplay()
    {
        while (_replay is not null)
        {
            if (_replaysLeft == 0 || !_replay.MoveNext())
            {
                _replay.Dispose();
                _replay = null;
                break;
            }
            JournalEntry entry = _replay.Current;
            ActorRecord actor = _hub.Roster.Get(entry.Header.ActorId);
            Ledger ledger = actor.LedgerOf(entry.Header.Incarnation);
            if (entry.Header.SequenceNumber < Math.Max(ledger.NextReplayed, ledger.NextTrained))
            {
                continue;
            }
            _replaysLeft--;
            ledger.NextReplayed = entry.Header.SequenceNumber + 1;
            Unroll? unroll = UnrollReader.Read(new ReadOnlySequence<byte>(entry.Message), _hub.Pool, out string? defect);
            if (unroll is not null && (defect = _hub.Checks.Defect(unroll)) is not null)
            {
                _hub.Pool.Return(unroll);
                unroll = null;
            }
            if (unroll is null)
            {
                FleetLog.JournalDamaged(_log, entry.Header.ActorId, defect ?? "");
                continue;
            }
            unroll.Header = entry.Header with
            {
                HasRawObservations = unroll.Header.HasRawObservations,
                AgentIndex = unroll.Header.AgentIndex,
            };
            return new PendingUnroll(unroll, actor, ledger);
        }
        return null;
    }

    private void DropStale(List<PendingUnroll> group)
    {
        // In order, since settling one says that those before it are settled.
        for (int i = 0; i < group.Count && _settings.MaxPolicyAge > 0; )
        {
            PendingUnroll pending = group[i];
            if (_version - pending.Unroll.Header.ParameterVersion <= _settings.MaxPolicyAge)
            {
                i++;
                continue;
            }
            _hub.Metrics.CountRefused(RefusalReason.Stale, pending.Unroll.Steps * pending.Unroll.Copies);
            FleetHub.Settle(pending, refused: true);
            _hub.Pool.Return(pending.Unroll);
            group.RemoveAt(i);
        }
    }

    private Unroll Join(List<PendingUnroll> group)
    {
        double age = 0;
        foreach (PendingUnroll pending in group)
        {
            // After a restart the learner may be behind the parameters that it published before.
            long updates = Math.Max(0, _version - pending.Unroll.Header.ParameterVersion);
            age += (double)updates / group.Count;
            _hub.Metrics.CountTrained(updates);
            Observations.Take(pending.Unroll);
            pending.Unroll.ReadBy(pending.Unroll.Header.HasRawObservations ? ReaderOf(pending.Unroll.Header) : null);
        }
        _hub.Metrics.RecentAge = age;
        _learning.AddRange(group);
        group.Clear();
        if (_learning.Count == 1)
        {
            return _learning[0].Unroll;
        }
        _parts.Clear();
        foreach (PendingUnroll pending in _learning)
        {
            _parts.Add(pending.Unroll);
        }
        if (_parts.TrueForAll(part => part.Shape.Observations == _batch.Shape.Observations))
        {
            _batch.Join(CollectionsMarshal.AsSpan(_parts));
            _batch.Header = _parts[0].Header;
            return _batch;
        }
        var format = new ObservationFormat(_batch.Shape.Observations.ObservationSize);
        _inputs ??= new Unroll(_batch.Shape with { Observations = format });
        _inputs.Join(CollectionsMarshal.AsSpan(_parts), asInputs: true);
        _inputs.Header = _parts[0].Header with { HasRawObservations = false };
        return _inputs;
    }

    private ObservationTransform ReaderOf(UnrollHeader header)
    {
        if (Observations.Of(header.ParameterVersion) is { } reader)
        {
            return reader;
        }
        // Behaviour's log-probs are what they were, and the policy that learns is only newer by its statistics: ratios say the truth.
        if (_hub.Metrics.OtherStatistics == 0)
        {
            FleetLog.OtherStatistics(_log, header.ActorId, header.ParameterVersion);
        }
        _hub.Metrics.CountOtherStatistics();
        return Observations.Newest;
    }

    // What an actor in lock step is about to act with; checkpoints of earlier releases hold its statistics there alone.
    private void RestoreLagging(StateDictionary state)
    {
        if (Observations.Running is not { } running || !state.Contains("bytes"))
        {
            return;
        }
        long version = state.Get("version", 0L, long.MaxValue / 2);
        byte[] bytes = state.GetArray<byte>("bytes");
        int size = 2 * running.Size * sizeof(double);
        if (Observations.Of(version) is null && bytes.Length >= size)
        {
            Observations.Restore(version, MemoryMarshal.Cast<byte, double>(bytes.AsSpan(bytes.Length - size)));
        }
    }

    private long OldestNeededSegment()
    {
        long oldest = long.MaxValue;
        foreach (ActorRecord actor in _hub.Roster.List())
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
