using System.Diagnostics;
using System.Runtime.InteropServices;
using Agents.Networks;
using Environments.State;
using Environments.Wrappers;
using Fleet.Intake;
using Fleet.Telemetry;
using Learners.Composition;
using Learners.Sources;
using Microsoft.Extensions.Logging;
using Protos;
using Protos.Fleet;

namespace Fleet.Batches;

/// <summary>Batches of what remote actors streamed: the same interface and contents as the inline source. Owns the hub.</summary>
internal sealed class RemoteUnrollSource : IUnrollSource
{
    private readonly FleetHub _hub;
    private readonly FleetSettings _settings;
    private readonly int _lag;
    private readonly TrainingAudit? _audit;
    private readonly TimeProvider _clock;
    private readonly JournalReplay _replay;
    private readonly UnrollGroups _waiting;
    private readonly BatchJoin _join;
    private readonly List<PendingUnroll> _learning = [];
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
        _clock = clock;
        Spec = spec;
        Observations = new ObservationStatistics(spec, settings.Wrappers);
        _replay = new JournalReplay(hub, log);
        _waiting = new UnrollGroups(hub, shape.Copies, settings.Fleet.MaxPolicyAge);
        _join = new BatchJoin(shape, Observations, hub.Metrics, log);
    }

    /// <summary>Lets actors in; called once, when parameters are published and saved state is loaded.</summary>
    public Func<Task> OpenAsync { get; init; } = () => Task.CompletedTask;

    /// <summary>Whether actors are to wait for another run when this one is complete.</summary>
    public bool AnotherRunFollows { get; init; }

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
    /// <remarks>False: the journal keeps what the run's own checkpoints need, and no more.</remarks>
    public bool CanBeSavedElsewhere => false;

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
            PendingUnroll pending = _replay.Next() ?? await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (_waiting.TryComplete(pending, _version, _learning))
            {
                _hub.Metrics.RecordWait(_clock.GetElapsedTime(started));
                _received = _clock.GetTimestamp();
                _hub.Pulse.Beat();
                CountTrained();
                return _join.Join(_learning);
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
            pending.Settle();
            _hub.Intake.Pool.Return(pending.Unroll);
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
            state.Set("segment", journal.Need(_hub.Roster.OldestSegment));
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
        _hub.Roster.BatchesAccepted = _publications;
        Observations.LoadState(state.Scope("statistics"));
        RestoreLagging(state.Scope("parameters"));
        _hub.Roster.LoadState(state.Scope("roster"));
        _replay.Begin(_hub.Journal is null || !state.Contains("segment") ? 0 : state.Get("segment", 0L, long.MaxValue / 2));
    }

    /// <inheritdoc/>
    public void End(bool completed)
    {
        _hub.Pulse.Rest();
        (Goodbye.Types.Reason reason, string detail) = completed switch
        {
            true when AnotherRunFollows => (Goodbye.Types.Reason.LearnerStops, "The run is complete, and another one follows."),
            true => (Goodbye.Types.Reason.RunCompleted, "The run has taken its last step."),
            false => (Goodbye.Types.Reason.LearnerStops, "The learner stops; it may come back."),
        };
        _hub.Close(reason, detail);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _replay.Dispose();
        _hub.Dispose();
    }

    private ValueTask<PendingUnroll> ReceiveAsync(CancellationToken cancellationToken)
    {
        _hub.Pulse.Rest();
        return _hub.Intake.Queue.ReadAsync(cancellationToken);
    }

    private void CountTrained()
    {
        double age = 0;
        foreach (PendingUnroll pending in _learning)
        {
            // After a restart the learner may be behind the parameters that it published before.
            long updates = Math.Max(0, pending.AgeAt(_version));
            age += (double)updates / _learning.Count;
            _hub.Metrics.CountTrained(updates);
        }
        _hub.Metrics.RecentAge = age;
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
}
