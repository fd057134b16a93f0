using Studies.Results;
using Studies.Trials;
using Tests.StudyTests.Execution;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Populations over worker processes.</summary>
public sealed class ClusterPopulationTests
{
    [Fact]
    public async Task Population_OverTwoWorkersOfWhichOneIsKilled_TrainsEachStretchOnceAndKnowsWhoCopiedWhom()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var folder = new TemporaryFolder();
        using var first = new TestWorker(redis);
        using var second = new TestWorker(redis);
        await Task.WhenAll(first.JoinedAsync(), second.JoinedAsync()).InTime();
        bool killed = false;
        var watcher = new ClusterStudies.Watcher(progress =>
        {
            if (!killed && progress.Legs.Count(leg => leg.Result is not null) >= 5)
            {
                killed = true;
                first.Kill();
            }
        });

        StudyResult result = await ClusterStudies
            .RunAsync(SampleStudies.Read(SampleStudies.Population), folder.In("s"), ClusterStudies.Options(redis), watcher)
            .InTime();

        Assert.True(killed);
        Assert.Empty(result.Failures);
        foreach (IGrouping<int, LegRecord> member in result.State.Legs.GroupBy(record => record.Leg.Trial))
        {
            // Each stretch begins where the one before ended: nothing twice, nothing left out.
            long at = 0;
            foreach (LegRecord record in member.OrderBy(record => record.Leg.Number))
            {
                Assert.NotNull(record.Result);
                Assert.Equal(at, record.Leg.Continues is { } before ? result.State.Legs[before].Result!.Steps : 0);
                Assert.True(record.Result.Steps > at);
                at = record.Result.Steps;
            }
            Assert.True(at >= 1_000, $"member {member.Key} ended at {at} steps.");
        }
        LegRecord[] copies = [.. result.State.Legs.Where(record => record.Leg.CopyOf is not null)];
        Assert.NotEmpty(copies);
        string[] lineage = await File.ReadAllLinesAsync(folder.In("s", "lineage.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(copies.Length, lineage.Length - 1);
        PngFile.AssertIsPlot(folder.In("s", "lineage.png"), 1100, 650);
    }
}
