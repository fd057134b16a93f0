using System.Diagnostics;
using Actors.Fleet;
using Chaos.Campaigns;
using Chaos.Fleets;
using Chaos.Processes;
using Fleet.Admission;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;

namespace Chaos.Messages;

/// <summary>
/// Sends damaged, random and impossible messages, first to the decoder alone and then to the live port while honest actors train: the
/// learner must neither fall nor grow, nor believe what cannot be, and nobody may act under another actor's name.
/// </summary>
/// <remarks>What survives the damage as a possible unroll is learned from, since nobody can tell it from an odd simulator's.</remarks>
internal static class MessageCampaign
{
    private const int DefaultMessages = 1_000_000;
    private const int DecodedPerSent = 10;
    private const int DefaultActors = 2;
    private const int SilentStreams = 8;
    private const double JoinBar = 15;

    private const double WarmUpShare = 0.25;
    private const double ShortAttack = 10; // seconds

    // Megabytes of a heap that still finds its size; messages that stay are many more.
    private const double GrowthBar = 25;

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var report = new ChaosReport();
        int messages = options.Messages ?? DefaultMessages;
        await Task.Run(() => DecoderCampaign.Run(messages, options.Seed, report, options.Progress), cancellationToken)
            .ConfigureAwait(false);

        string[] settings = ["checkpoints.every_steps=200000", "fleet.keep_journal=true"];
        using var fleet = new ChaosFleet(options, "messages", options.Actors ?? DefaultActors, settings);
        await fleet.StartAsync(journal: true, cancellationToken).ConfigureAwait(false);
        using GrpcChannel channel = FleetChannel.Open(fleet.Files.Address, token: null);
        CallInvoker invoker = channel.CreateCallInvoker();
        List<AsyncDuplexStreamingCall<byte[], byte[]>> silent =
        [
            .. Enumerable.Range(0, SilentStreams).Select(_ => RawFleet.OpenStream(invoker, cancellationToken)),
        ];
        var attack = new MessageAttack(fleet, invoker, Math.Max(1, messages / DecodedPerSent), options.Progress);
        var memory = new MemoryTrend();
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task watcher = WatchAsync(fleet, memory, watching.Token);
        long started = Stopwatch.GetTimestamp();
        await attack.RunAsync(cancellationToken).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await watching.CancelAsync().ConfigureAwait(false);
        await watcher.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        memory.Add(seconds, PosixProcess.ResidentBytes(fleet.Learner.Id)); // a short attack is over before a second look
        silent.ForEach(call => call.Dispose());

        FleetStatus after = await TellAsync(fleet, attack, memory, messages, seconds, report, cancellationToken)
            .ConfigureAwait(false);
        await GoOnAsync(fleet, after, options.Slowdown * JoinBar, report, cancellationToken).ConfigureAwait(false);
        await fleet.StopActorsAsync().ConfigureAwait(false);
        await fleet.FillUpAsync(cancellationToken).ConfigureAwait(false);
        await fleet.FinishAsync(report).ConfigureAwait(false);
        (long unrolls, long impossible) = new DamagedMessages(fleet.Environment, options.Seed).Possible.Count(
            Path.Combine(fleet.Files.Run, "journal")
        );
        report.AddAtLeast("journalled_unrolls", unrolls, 1);
        report.AddAtMost("journalled_though_impossible", impossible, 0);
        return report;
    }

    /// <summary>Reports what came of the attack.</summary>
    /// <returns>The learner's status after it.</returns>
    private static async Task<FleetStatus> TellAsync(
        ChaosFleet fleet,
        MessageAttack attack,
        MemoryTrend memory,
        int messages,
        double seconds,
        ChaosReport report,
        CancellationToken cancellationToken
    )
    {
        FleetStatus after =
            await fleet.StatusAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new IOException($"The learner does not answer after the attack. Its log is '{fleet.LearnerLog.Path}'.");
        report.AddAtLeast("messages", attack.Sent, messages / DecodedPerSent);
        report.Add("messages_per_second", attack.Sent / seconds);
        report.Add("sent_megabytes", attack.Bytes / 1e6);
        report.AddAtLeast("names_tried_to_steal", attack.Stealing, 1);
        report.AddAtMost("names_stolen", attack.Stolen, 0);
        report.Add("unrolls_refused", after.UnrollsRefused);
        report.Add("damaged_but_possible", after.Actors.Where(actor => !IsReal(actor)).Sum(actor => actor.Unrolls));
        report.AddAtMost("actors_remembered", after.Actors.Count, Roster.Remembered);
        report.AddAtMost("real_actors_refused", after.Actors.Where(IsReal).Sum(actor => actor.Refused), 0);
        // Without a bar: one lie may claim a million that an earlier learner took, which none of this process can disprove.
        report.Add("unrolls_missing", after.UnrollsMissing);
        // Of a long attack the first part shows a young process, whose code is compiled and whose heap finds its size.
        (double first, double growth) = memory.Fit(seconds > ShortAttack ? WarmUpShare * seconds : 0);
        report.Add("learner_megabytes", first / 1e6);
        report.AddAtMost("learner_growth_megabytes", growth / 1e6, GrowthBar);
        return after;
    }

    // The learner trains on, also with an actor that is started again.
    private static async Task GoOnAsync(
        ChaosFleet fleet,
        FleetStatus after,
        double bar,
        ChaosReport report,
        CancellationToken cancellationToken
    )
    {
        report.AddAtMost(
            "trains_on_after_seconds",
            await fleet
                .WaitAsync(
                    "the learner trains on with its actors",
                    120,
                    async () =>
                        await fleet.StatusAsync(cancellationToken).ConfigureAwait(false) is { } status
                        && status.UnrollsTrained > after.UnrollsTrained + 20
                        && fleet.IsActing(status, after),
                    cancellationToken
                )
                .ConfigureAwait(false),
            bar
        );

        // Started again under its old name, while nothing but a moment has passed.
        await fleet.KillActorAsync(0).ConfigureAwait(false);
        fleet.StartActor(0);
        FleetStatus? killed = await fleet.StatusAsync(cancellationToken).ConfigureAwait(false);
        report.AddAtMost(
            "restarted_actor_joins_seconds",
            await fleet
                .WaitAsync(
                    "a killed actor is back under its name",
                    120,
                    async () =>
                        await fleet.StatusAsync(cancellationToken).ConfigureAwait(false) is { } status
                        && killed is not null
                        && fleet.IsActing(status, killed),
                    cancellationToken
                )
                .ConfigureAwait(false),
            bar
        );
    }

    // By the names that the campaign gives them: damaged hellos bring names of any kind.
    private static bool IsReal(ActorStatus actor) => actor.ActorId.StartsWith("actor-", StringComparison.Ordinal);

    private static async Task WatchAsync(ChaosFleet fleet, MemoryTrend memory, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            memory.Add(Stopwatch.GetElapsedTime(started).TotalSeconds, PosixProcess.ResidentBytes(fleet.Learner.Id));
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
            fleet.NoteDeaths();
        }
    }
}
