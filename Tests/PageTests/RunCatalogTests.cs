using Agents.Files;
using Page.Curves;
using Page.Runs;
using Xunit;

namespace Tests.PageTests;

public sealed class RunCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Refresh_RunsOfEveryState_AreShownAsTheyAre()
    {
        RunFolders.Write(_folder.Path, "a/finished", 1, 10, interrupted: false);
        RunFolders.Write(_folder.Path, "a/stopped", 2, 10, interrupted: true);
        RunFolders.Write(_folder.Path, "b/c/dead", 3, 10, interrupted: null);
        string resumed = RunFolders.Write(_folder.Path, "resumed", 4, 10, interrupted: true);
        File.AppendAllText(Path.Combine(resumed, "metrics.csv"), RunFolders.Rows(11, 12));
        string training = RunFolders.Write(_folder.Path, "training", 5, 10, interrupted: null);
        using FileStream? held = FileLock.TryHold(Path.Combine(training, "run.lock"));
        string damaged = RunFolders.Write(_folder.Path, "damaged", 6, 10, interrupted: null);
        File.WriteAllText(Path.Combine(damaged, "summary.json"), "{ \"env_steps\": ");
        var catalog = new RunCatalog(_folder.Path);

        catalog.Refresh();

        Assert.Equal(
            [
                ("a/finished", RunState.Finished),
                ("a/stopped", RunState.Stopped),
                ("b/c/dead", RunState.Dead),
                ("damaged", RunState.Damaged),
                ("resumed", RunState.Dead),
                ("training", RunState.Training),
            ],
            catalog.Runs.Values.Select(run => (run.Name, run.State)).OrderBy(run => run.Name, StringComparer.Ordinal)
        );
        Assert.Contains("no JSON", Find(catalog, "damaged").Reason!, StringComparison.Ordinal);
        Run finished = Find(catalog, "a/finished");
        Assert.Equal((1_000, 100_000, 10, 42.5), (finished.Steps, finished.TotalSteps, finished.Return, finished.Evaluation));
    }

    [Theory]
    [InlineData("config.yaml", "environment: [")]
    [InlineData("config.yaml", "seed: 1\n")]
    [InlineData("metrics.csv", "no table\n")]
    [InlineData("summary.json", "[")]
    public void Refresh_DamagedFile_NamesItAndShowsTheRest(string file, string text)
    {
        string folder = RunFolders.Write(_folder.Path, "broken", 1, 5, interrupted: false);
        RunFolders.Write(_folder.Path, "whole", 2, 5, interrupted: false);
        File.WriteAllText(Path.Combine(folder, file), text);
        var catalog = new RunCatalog(_folder.Path);

        catalog.Refresh();

        Assert.Equal(RunState.Damaged, Find(catalog, "broken").State);
        Assert.Contains(file, Find(catalog, "broken").Reason!, StringComparison.Ordinal);
        Assert.Equal(RunState.Finished, Find(catalog, "whole").State);
    }

    [Fact]
    public void Refresh_FoldersThatNobodyForesaw_AreDamagedOrShownAndTheRestStays()
    {
        RunFolders.Write(_folder.Path, "whole", 1, 5, interrupted: false);
        string surrogate = RunFolders.Write(_folder.Path, "surrogate", 2, 5, interrupted: false);
        File.WriteAllText(Path.Combine(surrogate, "summary.json"), "{\"\\ud800\\ud800\":1,\"interrupted\":false}");
        RunFolders.Write(_folder.Path, "a\\b", 3, 5, interrupted: false);
        RunFolders.Write(_folder.Path, "a/b", 4, 5, interrupted: false);
        string large = RunFolders.Write(_folder.Path, "large", 5, 5, interrupted: false);
        File.AppendAllText(Path.Combine(large, "config.yaml"), new string('#', 300_000));
        string pipe = RunFolders.Write(_folder.Path, "pipe", 6, 5, interrupted: null);
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(pipe, "run.lock")))
        {
            Assert.True(made.WaitForExit(Tests.Waits.Deadline.Patience));
        }
        var catalog = new RunCatalog(_folder.Path);

        catalog.Refresh();
        catalog.Refresh();

        Assert.Equal(
            [
                ("a/b", RunState.Finished),
                ("a\\b", RunState.Finished),
                ("large", RunState.Damaged),
                ("pipe", RunState.Dead),
                ("surrogate", RunState.Damaged),
                ("whole", RunState.Finished),
            ],
            catalog.Runs.Values.Select(run => (run.Name, run.State)).OrderBy(run => run.Name, StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Refresh_FolderNamedByALink_FindsWhoHoldsItsRuns()
    {
        string folder = RunFolders.Write(_folder.Path, "real/one", 1, 5, interrupted: null);
        Directory.CreateSymbolicLink(_folder.In("link"), _folder.In("real"));

        var catalog = new RunCatalog(_folder.In("link"));
        catalog.Refresh();

        Assert.Equal(folder, Assert.Single(catalog.Runs.Values).Folder);
    }

    [Fact]
    public void Build_PeakBetweenTwoPlacesOfJoinedSeeds_StaysInTheirRange()
    {
        foreach (int seed in (int[])[1, 2])
        {
            string folder = RunFolders.Write(_folder.Path, $"s{seed}", seed, 3_000, interrupted: false);
            string table = Path.Combine(folder, "metrics.csv");
            File.WriteAllText(
                table,
                File.ReadAllText(table)
                    .Replace("\n150100,1501,", seed == 1 ? "\n150100,99999," : "\n150100,-99999,", StringComparison.Ordinal)
            );
        }
        var catalog = new RunCatalog(_folder.Path);
        catalog.Refresh();

        CurveData curve = Assert.Single(
            new CurveBuilder(new ColumnCache(1 << 24))
                .Build([.. catalog.Runs.Values], "charts/episodic_return", Axis.Steps, joinsSeeds: true)
                .Curves
        );

        Assert.Equal((-99_999, 99_999), (curve.Low!.Min(), curve.High!.Max()));
        Assert.True(curve.High!.Count(high => high > 90_000) <= 4, "The peak is widened over many places.");
    }

    [Fact]
    public void Refresh_NewRemovedAndGrownRuns_AreTheOnlyChanges()
    {
        string gone = RunFolders.Write(_folder.Path, "gone", 1, 5, interrupted: false);
        string grown = RunFolders.Write(_folder.Path, "grown", 2, 5, interrupted: null);
        using FileStream? held = FileLock.TryHold(Path.Combine(grown, "run.lock"));
        RunFolders.Write(_folder.Path, "same", 3, 5, interrupted: false);
        var catalog = new RunCatalog(_folder.Path);
        catalog.Refresh();
        string id = Find(catalog, "gone").Id;

        Directory.Delete(gone, recursive: true);
        File.AppendAllText(Path.Combine(grown, "metrics.csv"), RunFolders.Rows(6, 6));
        RunFolders.Write(_folder.Path, "later", 4, 5, interrupted: false);
        RunChanges changes = catalog.Refresh();

        Assert.Equal(["grown", "later"], changes.Changed.Select(run => run.Name).Order(StringComparer.Ordinal));
        Assert.Equal([id], changes.Removed);
        Assert.True(catalog.Refresh().IsEmpty);
    }

    [Fact]
    public void Refresh_LinkToAnotherPlace_IsNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        using var elsewhere = new TemporaryFolder();
        RunFolders.Write(elsewhere.Path, "secret", 1, 5, interrupted: false);
        Directory.CreateSymbolicLink(_folder.In("link"), elsewhere.Path);
        var catalog = new RunCatalog(_folder.Path);

        catalog.Refresh();

        Assert.Empty(catalog.Runs);
    }

    [Fact]
    public void Build_SeedsOfAnExperiment_AreOneMeanWithItsRange()
    {
        RunFolders.Write(_folder.Path, "one", 1, 10, interrupted: false);
        string other = RunFolders.Write(_folder.Path, "two", 2, 10, interrupted: false);
        File.WriteAllText(Path.Combine(other, "metrics.csv"), RunFolders.Header + "100,3,1000\n500,7,1000\n1000,12,1000\n");
        RunFolders.Write(_folder.Path, "alone", 1, 4, interrupted: false, rate: "0.1");
        var catalog = new RunCatalog(_folder.Path);
        catalog.Refresh();
        var builder = new CurveBuilder(new ColumnCache(1 << 20));
        Run[] runs = [.. catalog.Runs.Values.OrderBy(run => run.Name, StringComparer.Ordinal)];

        CurveSet set = builder.Build(runs, "charts/episodic_return", Axis.Steps, joinsSeeds: true);

        CurveData mean = Assert.Single(set.Curves, curve => curve.Low is not null);
        Assert.Equal("ppo, learning_rate 0.001 (2 seeds)", mean.Label);
        Assert.Equal((2, 1, 3), (mean.Y[0], mean.Low![0], mean.High![0]));
        Assert.Equal((11, 10, 12), (mean.Y[^1], mean.Low[^1], mean.High[^1]));
        Assert.Equal((100, 1_000), (mean.X[0], mean.X[^1]));
        CurveData single = Assert.Single(set.Curves, curve => curve.Low is null);
        Assert.Equal("ppo, learning_rate 0.1 (seed 1)", single.Label);
        Assert.Empty(set.Problems);
    }

    [Fact]
    public void Build_MoreColumnsThanTheMemoryHolds_ForgetsTheOldest()
    {
        for (int i = 0; i < 20; i++)
        {
            RunFolders.Write(_folder.Path, $"run-{i}", i, 300, interrupted: false);
        }
        var catalog = new RunCatalog(_folder.Path);
        catalog.Refresh();
        var cache = new ColumnCache(100_000);

        CurveSet set = new CurveBuilder(cache).Build(
            [.. catalog.Runs.Values],
            "charts/episodic_return",
            Axis.Time,
            joinsSeeds: false
        );

        Assert.Equal(20, set.Curves.Count);
        Assert.InRange(cache.SizeInBytes, 1, 100_000);
    }

    private static Run Find(RunCatalog catalog, string name) => catalog.Runs.Values.Single(run => run.Name == name);
}
