using Studies.Execution;
using Studies.Results;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Sweeps over worker processes.</summary>
public sealed class ClusterSweepTests
{
    [Fact]
    public async Task Sweep_OverTwoWorkersOfWhichOneIsKilled_EndsAsOnOneMachine()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var folder = new TemporaryFolder();
        using var first = new TestWorker(redis);
        using var second = new TestWorker(redis);
        await Task.WhenAll(first.JoinedAsync(), second.JoinedAsync()).InTime();
        StudySettings settings = ClusterStudies.Sweep(steps: 20_000, points: 4);
        bool killed = false;
        var watcher = new ClusterStudies.Watcher(progress =>
        {
            if (!killed && progress.Legs.Count(leg => leg.Result is null) == 2 && progress.Steps.Values.Any(steps => steps > 0))
            {
                killed = true;
                first.Kill();
            }
        });

        StudyResult result = await ClusterStudies
            .RunAsync(settings, folder.In("cluster"), ClusterStudies.Options(redis), watcher)
            .InTime();

        await ClusterStudies.RunLocallyAsync(settings, folder.In("local"));
        Assert.True(killed);
        Assert.Equal(4, result.State.Ended.Count);
        Assert.Equal(ClusterStudies.Table(folder.In("local")), ClusterStudies.Table(folder.In("cluster")));
    }

    [Fact]
    public async Task Sweep_OfWorkerThatIsAskedToEnd_GoesOnElsewhere()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var folder = new TemporaryFolder();
        using var first = new TestWorker(redis);
        await first.JoinedAsync();
        TestWorker? second = null;
        var watcher = new ClusterStudies.Watcher(progress =>
        {
            if (second is null && progress.Steps.Values.Any(steps => steps > 0))
            {
                second = new TestWorker(redis);
                first.Signal("TERM");
            }
        });

        StudyResult result = await ClusterStudies
            .RunAsync(ClusterStudies.Sweep(60_000, 1), folder.Path, ClusterStudies.Options(redis), watcher)
            .InTime();

        Assert.NotNull(second);
        second.Dispose();
        Assert.Equal(60_160, result.Steps); // whole unrolls
        Assert.DoesNotContain("lost", File.ReadAllText(folder.In(StudyJournal.FileName)), StringComparison.Ordinal);
    }
}
