using Fleet.Admission;
using Fleet.Intake;
using Learners.Composition;
using Learners.Training;
using Protos.Fleet;

namespace Fleet.Hosting;

/// <summary>Puts together what a run and its actors look like now. Thread-safe.</summary>
internal sealed class FleetStatusBoard(TrainingSettings settings, string runFolder)
{
    private readonly object _lock = new();
    private TrainingProgress _progress = new(0, settings.TotalSteps, 0, 0, double.NaN, 0, default, default);

    /// <summary>How far the run is.</summary>
    public TrainingProgress Progress
    {
        get
        {
            lock (_lock)
            {
                return _progress;
            }
        }
    }

    /// <summary>Notes how far the run is.</summary>
    public void Report(in TrainingProgress progress)
    {
        lock (_lock)
        {
            _progress = progress;
        }
    }

    /// <summary>The status of now.</summary>
    public FleetStatus Describe(FleetHub hub)
    {
        TrainingProgress progress = Progress;
        var status = new FleetStatus
        {
            RunId = hub.RunId,
            RunFolder = runFolder,
            Environment = settings.Environment,
            Agent = settings.AgentName,
            EnvironmentSteps = progress.EnvironmentSteps,
            TotalSteps = progress.TotalSteps,
            Updates = progress.Updates,
            StepsPerSecond = progress.StepsPerSecond,
            RecentReturn = progress.RecentReturn,
            QueueLength = (uint)hub.Intake.QueueLength,
            QueueCapacity = (uint)hub.Intake.QueueCapacity,
            UnrollsAccepted = hub.Metrics.Accepted,
            UnrollsTrained = hub.Metrics.Trained,
            UnrollsRefused = hub.Metrics.Refused,
            UnrollsDuplicate = hub.Metrics.Duplicates,
            UnauthenticatedCalls = hub.Metrics.Strangers,
            UnrollsMissing = hub.Metrics.Missing,
            UnrollsOutsideJournal = hub.Metrics.OutsideJournal,
            RecentAge = hub.Metrics.RecentAge,
        };
        foreach (ActorRecord actor in hub.Roster.List())
        {
            lock (actor)
            {
                status.Actors.Add(
                    new ActorStatus
                    {
                        ActorId = actor.Id,
                        Slot = (uint)actor.Slot,
                        Connected = actor.Connection is not null,
                        Copies = (uint)actor.Copies,
                        Unrolls = actor.Unrolls,
                        Refused = actor.Refused,
                        IdleSeconds = actor.LastMessage == 0 ? -1 : hub.Clock.GetElapsedTime(actor.LastMessage).TotalSeconds,
                        Quarantine = actor.Quarantine ?? "",
                        Starts = (ulong)actor.Starts,
                    }
                );
            }
        }
        return status;
    }
}
