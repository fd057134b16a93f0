using System.Text.Json;
using System.Text.Json.Nodes;
using Learners.Training;
using Studies;
using Studies.Cluster.Driving;
using Studies.Legs;
using Studies.Reports;
using Studies.Running;
using Studies.Runs;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Claims whose runs are legs: as threads of this process, and on the workers of a cluster.</summary>
public sealed class ClusterClaimTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reproduce_RunsAsLegs_HaveTheNumbersOfRunsOfTheirOwn()
    {
        ReproductionReport own = await Run("own", _ => new SampleClaims.InProcess());
        ReproductionReport legs = await Run("legs", Threads);

        Assert.Empty(legs.Failures);
        Assert.Equal(Figures(own), Figures(legs));
    }

    [Fact]
    public async Task Reproduce_AgainWithMoreSeeds_TrainsWhatIsMissingAlone()
    {
        await Run("out", Threads, seeds: 1);
        DateTime before = File.GetLastWriteTimeUtc(SummaryOf("out", seed: 1));

        ReproductionReport report = await Run("out", Threads, seeds: 2);

        Assert.Equal(2, report.Outcomes.Count(outcome => outcome.WasThere));
        Assert.Equal(4, report.Outcomes.Count);
        Assert.Equal(before, File.GetLastWriteTimeUtc(SummaryOf("out", seed: 1)));
    }

    [Fact]
    public async Task Reproduce_OverTwoWorkersOfWhichOneIsKilled_HasTheNumbersOfOneMachine()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var first = new TestWorker(redis);
        using var second = new TestWorker(redis);
        await Task.WhenAll(first.JoinedAsync(), second.JoinedAsync()).InTime();
        int ended = 0;

        ReproductionReport cluster = await Run(
                "cluster",
                folder => new LegRunStarter(
                    new Watched(
                        ClusterLegRunner.Connect(ClusterStudies.Options(redis), folder),
                        () =>
                        {
                            if (Interlocked.Increment(ref ended) == 2)
                            {
                                first.Kill();
                            }
                        }
                    ),
                    new Refusing(),
                    otherJobs: 1
                )
            )
            .InTime();

        Assert.Empty(cluster.Failures);
        Assert.Equal(6, ended);
        Assert.Equal(Figures(await Run("local", Threads)), Figures(cluster));
    }

    private static LegRunStarter Threads(string folder) =>
        new(new ThreadLegRunner(folder, 2, new TrainingOptions()), new Refusing(), otherJobs: 1);

    private Task<ReproductionReport> Run(string name, Func<string, IRunStarter> starter, int? seeds = null)
    {
        File.WriteAllText(_folder.In("tiny.yaml"), SampleClaims.Tiny);
        return Reproducer.RunAsync(
            _folder.In("tiny.yaml"),
            new ReproductionOptions
            {
                CreateStarter = starter,
                Folder = _folder.In(name),
                Jobs = 2,
                Seeds = seeds,
            },
            TestContext.Current.CancellationToken
        );
    }

    private string SummaryOf(string name, int seed) =>
        Directory
            .GetFiles(_folder.In(name), "summary.json", SearchOption.AllDirectories)
            .Single(path =>
                path.Contains("ppo", StringComparison.Ordinal)
                && JsonNode.Parse(File.ReadAllText(path))!["seed"]!.GetValue<int>() == seed
            );

    // What does not depend on the machine.
    private static string Figures(ReproductionReport report)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(report.JsonFile));
        return json.RootElement.GetProperty("measures").GetRawText();
    }

    private sealed class Watched(ILegRunner inner, Action ended) : ILegRunner, IDisposable
    {
        public int Capacity => inner.Capacity;

        public async Task<Studies.Trials.LegResult> RunAsync(
            LegOrder order,
            IProgress<long> progress,
            CancellationToken cancellationToken
        )
        {
            Studies.Trials.LegResult result = await inner.RunAsync(order, progress, cancellationToken);
            ended();
            return result;
        }

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }

    private sealed class Refusing : IRunStarter
    {
        public Task<string?> RunAsync(PlannedRun run, RunFiles files, bool resume, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Every run of this claim is an agent's.");
    }
}
