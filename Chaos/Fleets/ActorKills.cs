using System.Diagnostics;
using Chaos.Campaigns;

namespace Chaos.Fleets;

/// <summary>Kills actors at random moments, and starts them again at once: nothing acknowledged may be lost, nothing learned from twice.</summary>
/// <remarks>
/// One kill in four comes within the first second, whatever the actor does then; the others up to 0.3 s after the actor's first
/// acknowledged unroll, so that most lives have something to lose.
/// </remarks>
internal static class ActorKills
{
    private const int DefaultActors = 8;
    private const int DefaultKills = 1_000;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        int kills = options.Kills ?? DefaultKills;
        using var fleet = new ChaosFleet(options, "actors", options.Actors ?? DefaultActors, "checkpoints.every_steps=200000");
        await fleet.StartAsync(journal: false, cancellationToken).ConfigureAwait(false);
        var tally = new Tally(kills, options.Progress);
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
                Enumerable
                    .Range(0, fleet.Actors.Count)
                    .Select(actor =>
                        KillAgainAndAgainAsync(fleet, actor, options, fleet.Random.NextUInt64(), tally, cancellationToken)
                    )
            )
            .ConfigureAwait(false);
        var report = new ChaosReport();
        report.AddAtLeast("kills", tally.Kills, kills);
        report.Add("lives_with_acknowledged_unrolls", tally.Acknowledged);
        report.Add("kills_per_second", tally.Kills / Stopwatch.GetElapsedTime(started).TotalSeconds);
        await fleet.FinishAsync(report).ConfigureAwait(false);
        return report;
    }

    private static async Task KillAgainAndAgainAsync(
        ChaosFleet fleet,
        int actor,
        ChaosOptions options,
        ulong seed,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        var random = new Environments.Randomness.Pcg64(seed);
        while (tally.TryTake())
        {
            long known = LengthOf(fleet.Files.ActorAudit(actor));
            bool early = random.NextUniform(0, 1) < 0.25;
            TimeSpan wait = TimeSpan.FromSeconds(random.NextUniform(0, early ? 1 : 0.3));
            long born = Stopwatch.GetTimestamp();
            while (
                !early
                && LengthOf(fleet.Files.ActorAudit(actor)) == known
                && Stopwatch.GetElapsedTime(born) < options.Slowdown * LongestLife
                && fleet.Actors[actor] is { HasExited: false }
            )
            {
                await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
            }
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
            fleet.NoteDeathOf(actor);
            await fleet.KillActorAsync(actor).ConfigureAwait(false);
            tally.Note(LengthOf(fleet.Files.ActorAudit(actor)) > known);
            fleet.StartActor(actor);
        }
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private sealed class Tally(int wanted, Action<string> progress)
    {
        private int _taken;
        private int _kills;
        private int _acknowledged;

        public int Kills => _kills;

        public int Acknowledged => _acknowledged;

        public bool TryTake() => Interlocked.Increment(ref _taken) <= wanted;

        public void Note(bool acknowledged)
        {
            int kills = Interlocked.Increment(ref _kills);
            if (acknowledged)
            {
                Interlocked.Increment(ref _acknowledged);
            }
            if (kills % 20 == 0 || kills == wanted)
            {
                progress($"{kills} of {wanted} actors killed, {_acknowledged} of them after an acknowledged unroll");
            }
        }
    }
}
