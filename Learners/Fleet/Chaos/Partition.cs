using Protos.Fleet;

namespace Learners.Fleet.Chaos;

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

        FleetStatus? before = await fleet.StatusAsync(cancellationToken).ConfigureAwait(false);
        await StopAsync(fleet, fleet.Actors[0]!, "an actor", options, fault, cancellationToken).ConfigureAwait(false);
        FleetStatus? after = await fleet.StatusAsync(cancellationToken).ConfigureAwait(false);
        report.AddAtLeast("steps_without_the_actor", (after?.EnvironmentSteps ?? 0) - (before?.EnvironmentSteps ?? 0), 1);
        report.AddAtMost("actor_back_seconds", await BackAsync(fleet, [0], cancellationToken).ConfigureAwait(false), BackBar);

        await StopAsync(fleet, fleet.Learner, "the learner", options, fault, cancellationToken).ConfigureAwait(false);
        int[] all = [.. Enumerable.Range(0, fleet.Actors.Count)];
        report.AddAtMost("learner_back_seconds", await BackAsync(fleet, all, cancellationToken).ConfigureAwait(false), BackBar);
        after = await fleet.StatusAsync(cancellationToken).ConfigureAwait(false);
        report.Add("unrolls_received_again", after?.UnrollsDuplicate ?? 0);
        report.AddAtMost("unrolls_missing", after?.UnrollsMissing ?? double.NaN, 0);
        await fleet.FinishAsync(report).ConfigureAwait(false);
        return report;
    }

    private static async Task StopAsync(
        ChaosFleet fleet,
        FleetProcess process,
        string who,
        ChaosOptions options,
        TimeSpan fault,
        CancellationToken cancellationToken
    )
    {
        process.Signal(PosixProcess.Stop);
        options.Progress($"{who} is stopped for {fault.TotalSeconds:0.#} s");
        await Task.Delay(fault, cancellationToken).ConfigureAwait(false);
        process.Signal(PosixProcess.Continue);
        options.Progress($"{who} goes on");
        fleet.NoteDeaths();
    }

    // Back is who has an unroll acknowledged that was sent after the stop; the two that are on their way do not count.
    private static Task<double> BackAsync(ChaosFleet fleet, int[] actors, CancellationToken cancellationToken)
    {
        int[] known = [.. actors.Select(actor => Lines(fleet, actor))];
        return fleet.WaitAsync(
            "whoever was stopped is back",
            120,
            () => Task.FromResult(actors.All(actor => Lines(fleet, actor) > known[actor] + 10)),
            cancellationToken
        );
    }

    private static int Lines(ChaosFleet fleet, int actor) => File.ReadLines(fleet.ActorAudit(actor)).Count();
}
