using Chaos.Campaigns;
using Learners.Checkpoints;
using Learners.Runs;
using Protos.Fleet;

namespace Chaos.Fleets;

/// <summary>Kills the learner at random moments and resumes it: with a journal nothing acknowledged may be lost, nothing learned from twice.</summary>
/// <remarks>A second, shorter part does the same without a journal, where the loss is only counted.</remarks>
internal static class LearnerKills
{
    private const int DefaultActors = 4;
    private const int DefaultKills = 20;
    private const int Interval = 20_000;
    private const int Batch = 640;
    private const double ResumeBar = 15;

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        int kills = options.Kills ?? DefaultKills;
        var report = new ChaosReport();
        using (ChaosFleet fleet = Fleet(options, "journal"))
        {
            await fleet.StartAsync(journal: true, cancellationToken).ConfigureAwait(false);
            await KillAsync(fleet, options, report, kills, journal: true, cancellationToken).ConfigureAwait(false);
            await fleet.StopActorsAsync().ConfigureAwait(false);
            await fleet.FillUpAsync(cancellationToken).ConfigureAwait(false);
            await fleet.FinishAsync(report).ConfigureAwait(false);
        }
        using (ChaosFleet fleet = Fleet(options, "no-journal"))
        {
            await fleet.StartAsync(journal: false, cancellationToken).ConfigureAwait(false);
            var without = new ChaosReport();
            await KillAsync(fleet, options, without, Math.Max(1, kills / 4), journal: false, cancellationToken)
                .ConfigureAwait(false);
            await fleet.FinishAsync(without, mayLose: true).ConfigureAwait(false);
            report.Include(without, "no_journal_");
        }
        return report;
    }

    private static ChaosFleet Fleet(ChaosOptions options, string name) =>
        new(options, name, options.Actors ?? DefaultActors, $"checkpoints.every_steps={Interval}");

    private static async Task KillAsync(
        ChaosFleet fleet,
        ChaosOptions options,
        ChaosReport report,
        int kills,
        bool journal,
        CancellationToken cancellationToken
    )
    {
        double slowest = 0;
        double slowestRejoin = 0;
        double total = 0;
        long mostLost = 0;
        long missing = 0;
        var checkpoints = new CheckpointStore(new RunFolder(fleet.Files.Run).Checkpoints, keep: 3);
        for (int i = 1; i <= kills; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(fleet.Random.NextUniform(0.2, 3)), cancellationToken).ConfigureAwait(false);
            FleetStatus before = await fleet.AskAsync(cancellationToken).ConfigureAwait(false);
            missing += before.UnrollsMissing;
            await fleet.Learner.KillAsync().ConfigureAwait(false);
            long killed = TimeProvider.System.GetTimestamp();
            long kept = checkpoints.List() is [(long steps, _), ..] ? steps : 0;
            mostLost = Math.Max(mostLost, before.EnvironmentSteps - kept);
            fleet.StartLearner(journal);
            await fleet
                .WaitAsync(
                    "the learner trains again",
                    60,
                    async () => await fleet.StatusAsync(cancellationToken).ConfigureAwait(false) is { UnrollsTrained: > 0 },
                    cancellationToken
                )
                .ConfigureAwait(false);
            double resumed = TimeProvider.System.GetElapsedTime(killed).TotalSeconds;
            await fleet
                .WaitAsync(
                    "every actor is back",
                    60,
                    async () =>
                        await fleet.StatusAsync(cancellationToken).ConfigureAwait(false) is { } status
                        && status.Actors.Count(actor => actor.Connected) >= fleet.Actors.Count,
                    cancellationToken
                )
                .ConfigureAwait(false);
            slowest = Math.Max(slowest, resumed);
            total += resumed;
            slowestRejoin = Math.Max(slowestRejoin, TimeProvider.System.GetElapsedTime(killed).TotalSeconds);
            options.Progress(
                $"learner killed {i} of {kills} times{(journal ? "" : " without a journal")}, trains again after {resumed:0.0} s"
            );
        }
        report.AddAtLeast("kills", kills, kills);
        report.AddAtMost("slowest_resume_seconds", slowest, options.Slowdown * ResumeBar);
        report.Add("mean_resume_seconds", total / kills);
        report.AddAtMost("slowest_return_of_all_actors_seconds", slowestRejoin, options.Slowdown * 2 * ResumeBar);
        report.AddAtMost("most_steps_behind_after_a_kill", mostLost, Interval + Batch);
        FleetStatus last = await fleet.AskAsync(cancellationToken).ConfigureAwait(false);
        report.Add("counted_missing", missing + last.UnrollsMissing);
    }
}
