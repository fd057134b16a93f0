using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Studies.Execution;
using Studies.Results;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Three workers: one killed, one stopped, then the table killed and started again. Prints what was measured.</summary>
[ShortTime("The table is away for this long; nothing has to happen meanwhile.")]
public sealed class ClusterChaosTests(ITestOutputHelper output)
{
    private static readonly TimeSpan TableAway = TimeSpan.FromSeconds(5);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public async Task Sweep_DeadWorkerHungWorkerAndTableKilled_EveryLegEndsOnce()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var folder = new TemporaryFolder();
        TestWorker[] workers = [new(redis), new(redis), new(redis)];
        (int Silo, int Gateway, string Folders)[] ports = await Task.WhenAll(workers.Select(worker => worker.JoinedAsync()))
            .InTime();
        var log = new ConcurrentQueue<(long Time, string Line)>();
        int ended = 0;
        int begun = 0;
        var watcher = new ClusterStudies.Watcher(progress =>
        {
            ended = progress.Legs.Count(leg => leg.Result is not null);
            begun = progress.Steps.Values.Count(steps => steps > 0);
        });
        Task<StudyResult> study = ClusterStudies.RunAsync(
            ClusterStudies.Sweep(150_000, 12),
            folder.In("cluster"),
            ClusterStudies.Options(redis, line => log.Enqueue((Stopwatch.GetTimestamp(), line))),
            watcher
        );
        await Deadline.UntilAsync(() => begun == 3 || study.IsCompleted);

        long killedAt = Stopwatch.GetTimestamp();
        workers[0].Kill();
        await Deadline.UntilAsync(() => IsTakenBack(ports[0].Folders) || study.IsCompleted);
        Say($"dead: noticed after {Since(killedAt, ports[0].Folders):0.0} s");
        await Deadline.UntilAsync(() => begun == 2 || study.IsCompleted);
        long stoppedAt = Stopwatch.GetTimestamp();
        workers[1].Signal("STOP");
        await Deadline.UntilAsync(() => IsTakenBack(ports[1].Folders) || study.IsCompleted);
        Say($"hung: noticed after {Since(stoppedAt, ports[1].Folders):0.0} s");
        redis.Kill();
        Say($"table killed with {ended} of 12 ended");
        long tableKilledAt = Stopwatch.GetTimestamp();
        await Deadline.UntilAsync(() => Stopwatch.GetElapsedTime(tableKilledAt) > TableAway);
        await redis.BeginAsync();
        using var fresh = new TestWorker(redis);
        workers[1].Signal("CONT");
        StudyResult result;
        try
        {
            result = await study.InTime();
        }
        finally
        {
            foreach ((long time, string line) in log)
            {
                Say(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Stopwatch.GetElapsedTime(killedAt, time).TotalSeconds:0.0} s: {line}"
                    )
                );
            }
            for (int i = 0; i < workers.Length; i++)
            {
                Say($"--- worker {i}\n{workers[i].Said}");
                workers[i].Dispose();
            }
            Say($"--- fresh\n{fresh.Said}");
        }
        Say(
            $"lost lines: {File.ReadLines(folder.In("cluster", StudyJournal.FileName)).Count(line => line.Contains("\"lost\"", StringComparison.Ordinal))}"
        );
        Assert.Equal(12, result.State.Ended.Count);
        Assert.Empty(result.Failures);
        await ClusterStudies.RunLocallyAsync(ClusterStudies.Sweep(150_000, 12), folder.In("local"));
        Assert.Equal(ClusterStudies.Table(folder.In("local")), ClusterStudies.Table(folder.In("cluster")));

        bool IsTakenBack(string worker) => log.Any(line => IsLoss(line.Line, worker));

        bool IsLoss(string line, string worker) =>
            line.Contains("is begun again", StringComparison.Ordinal) && line.Contains(worker, StringComparison.Ordinal);

        double Since(long start, string worker) =>
            Stopwatch.GetElapsedTime(start, log.First(line => IsLoss(line.Line, worker)).Time).TotalSeconds;
    }

    private void Say(string line) => output.WriteLine(line);
}
