using Chaos.Campaigns;
using Chaos.Processes;
using Protos.Fleet;

namespace Chaos.Fleets;

/// <summary>Stops an actor for a while, then the learner, as a network that drops everything would: both must go on by themselves.</summary>
internal static class Partition
{
    private const int DefaultActors = 4;
    private const double BackBar = 30;
    private static readonly TimeSpan DefaultFault = TimeSpan.FromSeconds(60);

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        TimeSpan fault = options.Fault ?? DefaultFault;
        var report = new ChaosReport();
        using var fleet = new ChaosFleet(options, "partition", options.Actors ?? DefaultActors, "checkpoints.every_steps=200000");
        await fleet.StartAsync(journal: false, cancellationToken).ConfigureAwait(false);

        double bar = options.Slowdown * BackBar;
        FleetStatus before = await fleet.AskAsync(cancellationToken).ConfigureAwait(false);
        fleet.Actors[0]!.Signal(PosixProcess.Stop);
        options.Progress($"an actor is stopped for {fault.TotalSeconds:0.#} s");
        await Task.Delay(fault, cancellationToken).ConfigureAwait(false);
        await fleet
            .WaitAsync(
                "the learner trains without the actor that is stopped",
                60,
                async () =>
                    await fleet.StatusAsync(cancellationToken).ConfigureAwait(false) is { } status
                    && status.EnvironmentSteps > before.EnvironmentSteps,
                cancellationToken
            )
            .ConfigureAwait(false);
        FleetStatus after = await fleet.AskAsync(cancellationToken).ConfigureAwait(false);
        Continue(fleet, fleet.Actors[0]!, "the actor", options);
        report.AddAtLeast("steps_without_the_actor", after.EnvironmentSteps - before.EnvironmentSteps, 1);
        report.AddAtMost("actor_back_seconds", await BackAsync(fleet, [0], cancellationToken).ConfigureAwait(false), bar);

        fleet.Learner.Signal(PosixProcess.Stop);
        options.Progress($"the learner is stopped for {fault.TotalSeconds:0.#} s");
        await Task.Delay(fault, cancellationToken).ConfigureAwait(false);
        Continue(fleet, fleet.Learner, "the learner", options);
        int[] all = [.. Enumerable.Range(0, fleet.Actors.Count)];
        report.AddAtMost("learner_back_seconds", await BackAsync(fleet, all, cancellationToken).ConfigureAwait(false), bar);
        after = await fleet.AskAsync(cancellationToken).ConfigureAwait(false);
        report.Add("unrolls_received_again", after.UnrollsDuplicate);
        report.AddAtMost("unrolls_missing", after.UnrollsMissing, 0);
        await fleet.FinishAsync(report).ConfigureAwait(false);
        return report;
    }

    private static void Continue(ChaosFleet fleet, FleetProcess process, string who, ChaosOptions options)
    {
        process.Signal(PosixProcess.Continue);
        options.Progress($"{who} goes on");
        fleet.NoteDeaths();
    }

    // Back is who has an unroll acknowledged that was sent after the stop; the two that are on their way do not count.
    private static Task<double> BackAsync(ChaosFleet fleet, int[] actors, CancellationToken cancellationToken)
    {
        int[] known = [.. actors.Select(fleet.Files.Acknowledged)];
        return fleet.WaitAsync(
            "whoever was stopped is back",
            120,
            () => Task.FromResult(actors.All(actor => fleet.Files.Acknowledged(actor) > known[actor] + 10)),
            cancellationToken
        );
    }
}
