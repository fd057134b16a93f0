using System.Diagnostics;
using Agents.Yaml;
using Protos.Fleet;
using Studies.Cluster.Joining;
using Studies.Execution;
using Studies.Results;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Sweeps over worker processes.</summary>
public sealed class ClusterSweepTests
{
    private const string Token = "a token of enough characters";

    private static Process Sweep(TestRedis redis, TemporaryFolder folder)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"),
                "sweep",
                folder.In("sweep.yaml"),
                "--out",
                folder.In("cluster"),
                "--cluster",
                redis.Address,
            ]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["AGENTS_CLUSTER_PASSWORD"] = TestRedis.Password;
        Process process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

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
    public async Task Sweep_WhoseControllerIsKilled_GoesOnWithTheSameCommandAndEndsAsOnOneMachine()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var folder = new TemporaryFolder();
        using var worker = new TestWorker(redis);
        await worker.JoinedAsync().InTime();
        StudySettings settings = ClusterStudies.Sweep(steps: 20_000, points: 4);
        await File.WriteAllTextAsync(folder.In("sweep.yaml"), StrictYaml.Write(settings), TestContext.Current.CancellationToken);
        using (Process controller = Sweep(redis, folder))
        {
            string journal = folder.In("cluster", StudyJournal.FileName);
            // One has ended, and another is being trained.
            await Deadline.UntilAsync(() =>
                File.Exists(journal)
                && File.ReadAllText(journal) is var text
                && text.Contains("\"score\"", StringComparison.Ordinal)
            );
            controller.Kill();
            await controller.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using Process again = Sweep(redis, folder);
        await again.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, again.ExitCode);
        await ClusterStudies.RunLocallyAsync(settings, folder.In("local"));
        Assert.Equal(ClusterStudies.Table(folder.In("local")), ClusterStudies.Table(folder.In("cluster")));
    }

    [Fact]
    public async Task Sweep_OverAnEncryptedTable_EndsAsOnOneMachine()
    {
        using var folder = new TemporaryFolder();
        CertificateFiles.Create(folder.In("own"), ["127.0.0.1"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        CertificateFiles.Create(folder.In("other"), ["127.0.0.1"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        await File.WriteAllTextAsync(folder.In("token"), Token, TestContext.Current.CancellationToken);
        using TestRedis redis = await TestRedis.StartAsync(folder.In("own"));
        ClusterOptions options = ClusterStudies.Options(redis) with
        {
            CertificateFile = folder.In("own", "worker.pem"),
            KeyFile = folder.In("own", "worker-key.pem"),
            AuthorityFile = folder.In("own", "ca.pem"),
            Token = Token,
        };
        using var worker = new TestWorker(
            redis,
            [
                "--certificate",
                options.CertificateFile,
                "--key",
                options.KeyFile,
                "--ca",
                options.AuthorityFile,
                "--token-file",
                folder.In("token"),
            ]
        );
        await worker.JoinedAsync().InTime();
        StudySettings settings = ClusterStudies.Sweep(steps: 2_000, points: 2);

        await ClusterStudies.RunAsync(settings, folder.In("cluster"), options).InTime();

        await ClusterStudies.RunLocallyAsync(settings, folder.In("local"));
        Assert.Equal(ClusterStudies.Table(folder.In("local")), ClusterStudies.Table(folder.In("cluster")));
        // A table that shows another authority's certificate, or speaks in the clear, is not believed.
        Assert.Throws<IOException>(() => ClusterTable.Require(options with { AuthorityFile = folder.In("other", "ca.pem") }));
        using TestRedis clear = await TestRedis.StartAsync();
        Assert.Throws<IOException>(() =>
            ClusterTable.Require(options with { Address = ClusterAddress.Parse($"rediss://127.0.0.1:{clear.Port}") })
        );
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
