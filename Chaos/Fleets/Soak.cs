using System.Diagnostics;
using Chaos.Campaigns;
using Chaos.Processes;

namespace Chaos.Fleets;

/// <summary>Lets a fleet train and watches the resident memory of every process, which must be flat after the first five minutes.</summary>
/// <remarks>In a soak of less than half an hour the first sixth is left out instead.</remarks>
internal static class Soak
{
    private const int DefaultActors = 8;

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var report = new ChaosReport();
        int actors = options.Actors ?? DefaultActors;
        using var fleet = new ChaosFleet(options, "soak", actors, "checkpoints.every_steps=1000000");
        await fleet.StartAsync(journal: false, cancellationToken).ConfigureAwait(false);
        var learner = new MemoryTrend();
        MemoryTrend[] trends = [.. Enumerable.Range(0, actors).Select(_ => new MemoryTrend())];
        long started = Stopwatch.GetTimestamp();
        TimeSpan pause = TimeSpan.FromSeconds(Math.Clamp(options.Soak.TotalSeconds / 200, 0.1, 5));
        int samples = 0;
        while (Stopwatch.GetElapsedTime(started) < options.Soak)
        {
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            learner.Add(seconds, PosixProcess.ResidentBytes(fleet.Learner.Id));
            for (int i = 0; i < actors; i++)
            {
                trends[i].Add(seconds, PosixProcess.ResidentBytes(fleet.Actors[i]!.Id));
            }
            if (samples++ % 6 == 0)
            {
                options.Progress(
                    $"{seconds:0} s: learner {PosixProcess.ResidentBytes(fleet.Learner.Id) / 1e6:0.0} MB, actors {fleet.Actors.Sum(actor => PosixProcess.ResidentBytes(actor!.Id)) / 1e6:0.0} MB together"
                );
            }
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            fleet.NoteDeaths();
        }
        double from = Math.Min(300, options.Soak.TotalSeconds / 6);
        report.Add("minutes", options.Soak.TotalMinutes);
        report.Add("steps", (await fleet.AskAsync(cancellationToken).ConfigureAwait(false)).EnvironmentSteps);
        learner.AddTo(report, "learner", from);
        for (int i = 0; i < actors; i++)
        {
            trends[i].AddTo(report, $"actor_{i}", from);
        }
        await fleet.FinishAsync(report).ConfigureAwait(false);
        return report;
    }
}
