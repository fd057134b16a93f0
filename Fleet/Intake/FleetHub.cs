using Environments.Wrappers;
using Fleet.Admission;
using Fleet.Checks;
using Fleet.Journal;
using Fleet.Publishing;
using Fleet.Telemetry;
using Learners.Composition;
using Microsoft.Extensions.Logging;
using Protos.Fleet;

namespace Fleet.Intake;

/// <summary>Where the streams of the actors and the learner meet: who is let in, what is taken in, what is published. Thread-safe.</summary>
internal sealed class FleetHub : IDisposable
{
    private readonly bool _isLockStep;

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
        _isLockStep = settings.Fleet.LockStep;
        RunId = runId;
        Clock = clock;
        Checks = checks;
        Journal = journal;
        Roster = new Roster(clock);
        Pulse = new LearningPulse(clock);
        Metrics = new FleetMetrics(() => Intake?.QueueLength ?? 0, () => Roster.Connected);
        Admission = new Doorkeeper(settings, runId, Roster, Parameters, clock, log);
        Intake = new UnrollIntake(settings, checks, journal, Admission, Roster, Parameters, Metrics, clock, log);
    }

    /// <summary>Name of the run.</summary>
    public string RunId { get; }

    /// <summary>Clock of idle times.</summary>
    public TimeProvider Clock { get; }

    /// <summary>What unrolls must be.</summary>
    public UnrollChecks Checks { get; }

    /// <summary>Unrolls on disk; null where none are kept.</summary>
    public UnrollJournal? Journal { get; }

    /// <summary>Who is there.</summary>
    public Roster Roster { get; }

    /// <summary>Who may join, and who is sent away.</summary>
    public Doorkeeper Admission { get; }

    /// <summary>What happens with what actors send.</summary>
    public UnrollIntake Intake { get; }

    /// <summary>Published parameters.</summary>
    public ParameterStore Parameters { get; } = new();

    /// <summary>Counters.</summary>
    public FleetMetrics Metrics { get; }

    /// <summary>Whether the training loop gets on.</summary>
    public LearningPulse Pulse { get; }

    /// <summary>Publishes parameters and lets every actor know.</summary>
    public void Publish(ReadOnlySpan<float> parameters, long version, RunningStatistics? statistics)
    {
        Parameters.Publish(parameters, version, statistics);
        if (_isLockStep)
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

    /// <summary>Sends every actor away; nobody joins and nothing is taken in from now on.</summary>
    public void Close(Goodbye.Types.Reason reason, string detail)
    {
        Admission.Close(reason, detail);
        Intake.Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Intake.Dispose();
        Metrics.Dispose();
        Journal?.Dispose();
    }
}
