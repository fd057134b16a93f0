using System.Diagnostics;
using System.Diagnostics.Metrics;
using Learners.Training;

namespace Fleet.Telemetry;

/// <summary>What a fleet learner measures, under the meter and activity source <c>Agents.Fleet</c>.</summary>
internal sealed class FleetMetrics : IDisposable
{
    /// <summary>Name of meter and activity source.</summary>
    public const string Name = "Agents.Fleet";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _trained;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _strangers;
    private readonly Histogram<long> _age;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _update;
    private long _acceptedCount;
    private long _refusedCount;
    private long _trainedCount;
    private long _duplicateCount;
    private long _missingCount;
    private long _outsideJournalCount;
    private long _otherStatisticsCount;
    private long _strangerCount;
    private long _stepsRefused;

    public FleetMetrics(Func<int> queueLength, Func<int> connections)
    {
        _accepted = _meter.CreateCounter<long>("agents.unrolls.accepted", "{unroll}", "Unrolls taken into the queue.");
        _refused = _meter.CreateCounter<long>("agents.unrolls.refused", "{unroll}", "Unrolls turned away, by reason.");
        _trained = _meter.CreateCounter<long>("agents.unrolls.trained", "{unroll}", "Unrolls learned from.");
        _duplicates = _meter.CreateCounter<long>("agents.unrolls.duplicate", "{unroll}", "Unrolls received again and dropped.");
        _bytes = _meter.CreateCounter<long>("agents.received", "By", "Bytes of messages from actors.");
        _strangers = _meter.CreateCounter<long>("agents.calls.unauthenticated", "{call}", "Calls without the right token.");
        _age = _meter.CreateHistogram<long>(
            "agents.unroll.age",
            "{update}",
            "Updates between an unroll's parameters and the learner's."
        );
        _wait = _meter.CreateHistogram<double>("agents.batch.wait", "s", "Time the learner waited for a batch.");
        _update = _meter.CreateHistogram<double>("agents.update.duration", "s", "Time from a batch to its publication.");
        _meter.CreateObservableGauge("agents.queue.length", queueLength, "{unroll}", "Unrolls that wait for the learner.");
        _meter.CreateObservableGauge("agents.actors.connected", connections, "{actor}", "Actors with an open stream.");
        _meter.CreateObservableCounter(
            "agents.unrolls.missing",
            () => Missing,
            "{unroll}",
            "Unrolls whose acknowledgement was lost with a killed learner that kept no journal."
        );
        _meter.CreateObservableCounter(
            "agents.unrolls.outside_journal",
            () => OutsideJournal,
            "{unroll}",
            "Unrolls accepted while the journal could not be written."
        );
        _meter.CreateObservableCounter(
            "agents.unrolls.other_statistics",
            () => OtherStatistics,
            "{unroll}",
            "Unrolls normalised by newer statistics than they were acted with, which are no longer known."
        );
        _meter.CreateObservableCounter(
            "agents.steps.refused",
            () => Interlocked.Read(ref _stepsRefused),
            "{step}",
            "Environment steps inside refused unrolls."
        );
    }

    /// <summary>Spans of batches.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    public long Accepted => Interlocked.Read(ref _acceptedCount);
    public long Refused => Interlocked.Read(ref _refusedCount);
    public long Trained => Interlocked.Read(ref _trainedCount);
    public long Duplicates => Interlocked.Read(ref _duplicateCount);
    public long Missing => Interlocked.Read(ref _missingCount);
    public long OutsideJournal => Interlocked.Read(ref _outsideJournalCount);
    public long OtherStatistics => Interlocked.Read(ref _otherStatisticsCount);
    public long Strangers => Interlocked.Read(ref _strangerCount);

    /// <summary>Mean age of the latest batch, in updates.</summary>
    public double RecentAge { get; set; }

    /// <summary>Lets the run's progress be measured too.</summary>
    public void Observe(Func<TrainingProgress> progress)
    {
        _meter.CreateObservableCounter(
            "agents.run.steps",
            () => progress().EnvironmentSteps,
            "{step}",
            "Environment steps learned from."
        );
        _meter.CreateObservableCounter("agents.run.updates", () => progress().Updates, "{update}", "Optimiser steps taken.");
        _meter.CreateObservableGauge("agents.run.target", () => progress().TotalSteps, "{step}", "Steps of the whole run.");
        _meter.CreateObservableGauge(
            "agents.run.return",
            () => progress().RecentReturn,
            description: "Mean return of the last 100 training episodes."
        );
    }

    /// <summary>Adds 0 to every counter, so that those who watch see it before its first event.</summary>
    public void Announce()
    {
        foreach (Counter<long> counter in (Counter<long>[])[_accepted, _trained, _duplicates, _bytes, _strangers])
        {
            counter.Add(0);
        }
        foreach (RefusalReason reason in Enum.GetValues<RefusalReason>())
        {
            _refused.Add(0, Tag(reason));
        }
    }

    public void CountReceived(long bytes) => _bytes.Add(bytes);

    public void CountAccepted()
    {
        Interlocked.Increment(ref _acceptedCount);
        _accepted.Add(1);
    }

    public void CountRefused(RefusalReason reason, int steps = 0)
    {
        Interlocked.Increment(ref _refusedCount);
        Interlocked.Add(ref _stepsRefused, steps);
        _refused.Add(1, Tag(reason));
    }

    public void CountTrained(long age)
    {
        Interlocked.Increment(ref _trainedCount);
        _trained.Add(1);
        _age.Record(age);
    }

    public void CountDuplicate()
    {
        Interlocked.Increment(ref _duplicateCount);
        _duplicates.Add(1);
    }

    public void CountMissing(long count) => Interlocked.Add(ref _missingCount, count);

    public void CountOutsideJournal() => Interlocked.Increment(ref _outsideJournalCount);

    public void CountOtherStatistics() => Interlocked.Increment(ref _otherStatisticsCount);

    public void CountStranger()
    {
        Interlocked.Increment(ref _strangerCount);
        _strangers.Add(1);
    }

    public void RecordWait(TimeSpan wait) => _wait.Record(wait.TotalSeconds);

    public void RecordUpdate(TimeSpan update) => _update.Record(update.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(RefusalReason reason) => new("reason", reason.ToString().ToLowerInvariant());
}
