using System.Collections.Concurrent;
using System.Globalization;
using Studies.Execution;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Three workers: one killed, one stopped, then the table killed and started again. Prints what was measured.</summary>
public sealed class ClusterChaosTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public async Task Sweep_DeadWorkerHungWorkerAndTableKilled_EveryLegEndsOnce()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var folder = new TemporaryFolder();
        TestWorker[] workers = [new(redis), new(redis), new(redis)];
        (int Silo, int Gateway, string Folders)[] ports = await Task.WhenAll(workers.Select(worker => worker.JoinedAsync()))
            .InTime();
        var log = new ConcurrentQueue<(DateTime Time, string Line)>();
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
            ClusterStudies.Options(redis, line => log.Enqueue((DateTime.UtcNow, line))),
            watcher
        );
        await Deadline.UntilAsync(() => begun == 3 || study.IsCompleted);

        DateTime killedAt = DateTime.UtcNow;
        workers[0].Kill();
        await Deadline.UntilAsync(() => IsTakenBack(ports[0].Folders) || study.IsCompleted);
        Say($"dead: noticed after {Since(killedAt, ports[0].Folders):0.0} s");
        await Deadline.UntilAsync(() => begun == 2 || study.IsCompleted);
        DateTime stoppedAt = DateTime.UtcNow;
        workers[1].Signal("STOP");
        await Deadline.UntilAsync(() => IsTakenBack(ports[1].Folders) || study.IsCompleted);
        Say($"hung: noticed after {Since(stoppedAt, ports[1].Folders):0.0} s");
        using var fresh = new TestWorker(redis);
        redis.Kill();
        Say($"table killed with {ended} of 12 ended");
        DateTime tableKilledAt = DateTime.UtcNow;
        await Deadline.UntilAsync(() => DateTime.UtcNow - tableKilledAt > TimeSpan.FromSeconds(5));
        await redis.BeginAsync();
        workers[1].Signal("CONT");
        StudyResult result = await study.InTime();

        Say(
            $"lost lines: {File.ReadLines(folder.In("cluster", StudyJournal.FileName)).Count(line => line.Contains("\"lost\"", StringComparison.Ordinal))}"
        );
        foreach ((DateTime time, string line) in log)
        {
            Say($"{time.ToString("HH:mm:ss.f", CultureInfo.InvariantCulture)} {line}");
        }
        for (int i = 0; i < workers.Length; i++)
        {
            Say($"--- worker {i}\n{workers[i].Said}");
            workers[i].Dispose();
        }
        Say($"--- fresh\n{fresh.Said}");
        Assert.Equal(12, result.State.Ended.Count);
        Assert.Empty(result.Failures);
        await ClusterStudies.RunLocallyAsync(ClusterStudies.Sweep(150_000, 12), folder.In("local"));
        Assert.Equal(ClusterStudies.Table(folder.In("local")), ClusterStudies.Table(folder.In("cluster")));

        bool IsTakenBack(string worker) => log.Any(line => line.Line.Contains(worker, StringComparison.Ordinal));

        double Since(DateTime start, string worker) =>
            (log.First(line => line.Line.Contains(worker, StringComparison.Ordinal)).Time - start).TotalSeconds;
    }

    private void Say(string line) => output.WriteLine(line);
}
