using System.Diagnostics;
using Chaos.Campaigns;

namespace Chaos.Fleets;

/// <summary>Acts in environments that hang at random steps: each actor must replace them in time and go on.</summary>
internal static class Hangs
{
    private const int DefaultActors = 3;
    private const string MadeAnew = "Environments are made anew";
    private static readonly TimeSpan ReplacementTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var report = new ChaosReport();
        using var fleet = new ChaosFleet(options, "hang", options.Actors ?? DefaultActors, "checkpoints.every_steps=200000")
        {
            Environment = HangingCartPole.Id,
        };
        fleet.ActorLog.Watch(MadeAnew);
        await fleet.StartAsync(journal: false, cancellationToken).ConfigureAwait(false);
        // An actor's silence is the time between two acknowledged unrolls; the learner has batches to wait for, which hanging actors leave unfilled.
        int wanted = 2 * fleet.Actors.Count;
        var longest = TimeSpan.Zero;
        var lengths = new long[fleet.Actors.Count];
        var latest = new long[fleet.Actors.Count];
        Array.Fill(latest, Stopwatch.GetTimestamp());
        long started = Stopwatch.GetTimestamp();
        TimeSpan patience = options.Slowdown * ((wanted + 2) * 2 * options.StepTimeout + TimeSpan.FromSeconds(30));
        while (fleet.ActorLog.Count(MadeAnew) < wanted && Stopwatch.GetElapsedTime(started) < patience)
        {
            await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
            fleet.NoteDeaths();
            for (int i = 0; i < latest.Length; i++)
            {
                var audit = new FileInfo(fleet.Files.ActorAudit(i));
                if (audit.Exists && audit.Length > lengths[i])
                {
                    TimeSpan silence = Stopwatch.GetElapsedTime(latest[i]);
                    longest = silence > longest ? silence : longest;
                    if (silence > options.StepTimeout / 2)
                    {
                        options.Progress($"actor {i} goes on after {silence.TotalSeconds:0.0} s");
                    }
                    lengths[i] = audit.Length;
                    latest[i] = Stopwatch.GetTimestamp();
                }
            }
        }
        report.AddAtLeast("environments_replaced", fleet.ActorLog.Count(MadeAnew), wanted);
        report.AddAtMost(
            "longest_silence_seconds",
            longest.TotalSeconds,
            options.Slowdown * (options.StepTimeout + ReplacementTime).TotalSeconds
        );
        await fleet.FinishAsync(report).ConfigureAwait(false);
        return report;
    }
}
