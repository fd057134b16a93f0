using Chaos.Campaigns;
using Chaos.Processes;
using Learners.Checkpoints;
using Learners.Runs;
using Protos.Fleet;

namespace Chaos.Fleets;

/// <summary>Lets every write of the learner to a file fail for a while, as on a full disk: it must train on, complain, and recover.</summary>
internal static class FullDisk
{
    private const int DefaultActors = 4;
    private const string JournalFailed = "The journal cannot be written";
    private const string JournalRecovered = "The journal can be written again";
    private const string CheckpointFailed = "Training goes on and tries again";
    private static readonly TimeSpan DefaultFault = TimeSpan.FromSeconds(20);

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var report = new ChaosReport();
        using var fleet = new ChaosFleet(options, "disk", options.Actors ?? DefaultActors, "checkpoints.every_steps=5000");
        foreach (string line in (string[])[JournalFailed, JournalRecovered, CheckpointFailed])
        {
            fleet.LearnerLog.Watch(line);
        }
        await fleet.StartAsync(journal: true, cancellationToken).ConfigureAwait(false);
        await FillAsync(fleet, options, report, cancellationToken).ConfigureAwait(false);
        await RecoverAsync(fleet, options, report, cancellationToken).ConfigureAwait(false);
        await OutliveAsync(fleet, cancellationToken).ConfigureAwait(false);
        await fleet.StopActorsAsync().ConfigureAwait(false);
        await fleet.FillUpAsync(cancellationToken).ConfigureAwait(false);
        await fleet.FinishAsync(report).ConfigureAwait(false);
        return report;
    }

    // Every write fails for a while.
    private static async Task FillAsync(
        ChaosFleet fleet,
        ChaosOptions options,
        ChaosReport report,
        CancellationToken cancellationToken
    )
    {
        FleetStatus before = await fleet.AskAsync(cancellationToken).ConfigureAwait(false);
        PosixProcess.LimitFileSize(fleet.Learner.Id, 1);
        options.Progress("the disk is full");
        await Task.Delay(options.Fault ?? DefaultFault, cancellationToken).ConfigureAwait(false);
        FleetStatus? during = null;
        await fleet
            .WaitAsync(
                "it trains on with a full disk and says so",
                60,
                async () =>
                    fleet.LearnerDeaths > 0
                    || (during = await fleet.StatusAsync(cancellationToken).ConfigureAwait(false))
                        is { UnrollsOutsideJournal: > 0 } status
                        && status.EnvironmentSteps > before.EnvironmentSteps
                        && fleet.LearnerLog.Count(JournalFailed) > 0
                        && fleet.LearnerLog.Count(CheckpointFailed) > 0,
                cancellationToken
            )
            .ConfigureAwait(false);
        fleet.NoteDeaths();
        if (fleet.LearnerDeaths == 0)
        {
            PosixProcess.LimitFileSize(fleet.Learner.Id, null);
        }
        options.Progress("the disk has room again");
        report.AddAtLeast("steps_with_a_full_disk", (during?.EnvironmentSteps ?? 0) - before.EnvironmentSteps, 1);
        report.AddAtLeast("journal_failures_told", fleet.LearnerLog.Count(JournalFailed), 1);
        report.AddAtLeast("unrolls_counted_outside_the_journal", during?.UnrollsOutsideJournal ?? 0, 1);
        report.AddAtLeast("failed_checkpoints_told", fleet.LearnerLog.Count(CheckpointFailed), 1);
    }

    private static async Task RecoverAsync(
        ChaosFleet fleet,
        ChaosOptions options,
        ChaosReport report,
        CancellationToken cancellationToken
    )
    {
        var checkpoints = new CheckpointStore(new RunFolder(fleet.Files.Run).Checkpoints, keep: 3);
        double recovered = await fleet
            .WaitAsync(
                "the journal is written again",
                60,
                () => Task.FromResult(fleet.LearnerLog.Count(JournalRecovered) > 0),
                cancellationToken
            )
            .ConfigureAwait(false);
        // What was learned from while the journal could not be written is acknowledged, but only safe in a checkpoint that begins from here on. The
        // first one that appears may have begun before.
        for (int i = 0; i < 2; i++)
        {
            long newest = checkpoints.List()[0].Steps;
            recovered += await fleet
                .WaitAsync(
                    "checkpoints are written again",
                    60,
                    () => Task.FromResult(checkpoints.List()[0].Steps > newest),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        report.AddAtMost("recovered_seconds", recovered, options.Slowdown * 30);
    }

    // Whatever is acknowledged from here on has to outlive a kill again.
    private static async Task OutliveAsync(ChaosFleet fleet, CancellationToken cancellationToken)
    {
        int[] known = [.. Enumerable.Range(0, fleet.Actors.Count).Select(fleet.Files.Acknowledged)];
        await fleet
            .WaitAsync(
                "every actor hears acknowledgements again",
                60,
                () => Task.FromResult(known.Index().All(one => fleet.Files.Acknowledged(one.Index) > one.Item + 2)),
                cancellationToken
            )
            .ConfigureAwait(false);
        await fleet.Learner.KillAsync().ConfigureAwait(false);
        fleet.StartLearner(journal: true);
        await fleet
            .WaitAsync("the fleet acts again", 60, () => fleet.IsEveryoneActingAsync(cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }
}
