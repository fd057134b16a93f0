using Learners.Composition;
using Learners.Ppo;
using Learners.Runs;
using Learners.Training;
using Tests.LearnerTests.Metrics;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class RunClaimTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FirstFree_ManyAtOnce_EachGetsAFolderOfItsOwn()
    {
        using var start = new Barrier(8);

        RunClaim[] claims = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            start.SignalAndWait(TestContext.Current.CancellationToken);
                            return RunClaim.FirstFree(_folder.In("run"));
                        },
                        TaskCreationOptions.LongRunning
                    )
                )
        );

        string[] expected = [_folder.In("run"), .. Enumerable.Range(2, 7).Select(i => _folder.In($"run.{i}"))];
        Assert.Equal(expected.Order(), claims.Select(claim => claim.Folder.Path).Order());
        Array.ForEach(claims, claim => claim.Dispose());
    }

    [Fact]
    public void FirstFree_FolderOfAnEarlierRun_IsPassedOver()
    {
        using (RunClaim first = RunClaim.FirstFree(_folder.In("run")))
        {
            File.WriteAllText(first.Folder.Config, "agent: ppo");
        }

        using RunClaim second = RunClaim.FirstFree(_folder.In("run"));

        Assert.Equal(_folder.In("run.2"), second.Folder.Path);
    }

    [Fact]
    public void FirstFree_FolderWithFilesOfSomebodyElse_IsPassedOverAndLeftAsItIs()
    {
        Directory.CreateDirectory(_folder.In("run"));
        File.WriteAllText(_folder.In("run", "notes.txt"), "mine");

        using RunClaim claim = RunClaim.FirstFree(_folder.In("run"));

        Assert.Equal(_folder.In("run.2"), claim.Folder.Path);
        Assert.Equal([_folder.In("run", "notes.txt")], Directory.GetFileSystemEntries(_folder.In("run")));
    }

    [Fact]
    public void Dispose_WithoutARun_LeavesNoFolderBehind()
    {
        RunClaim.FirstFree(_folder.In("run")).Dispose();

        Assert.False(Directory.Exists(_folder.In("run")));
    }

    [Fact]
    public void Dispose_FolderThatSomebodyDeleted_IsNoFailure()
    {
        RunClaim claim = RunClaim.FirstFree(_folder.In("run"));
        Directory.Delete(_folder.In("run"), recursive: true);

        claim.Dispose();

        Assert.False(Directory.Exists(_folder.In("run")));
    }

    [Fact]
    public void ForNew_NamedFolderWhereARunCameAndWent_IsRefused()
    {
        var options = new TrainingOptions { OutputFolder = _folder.In("run") };
        using (RunClaim first = RunClaim.ForNew(options.OutputFolder, "unused"))
        {
            Assert.Contains("in use", Refusal(options), StringComparison.Ordinal);
            File.WriteAllText(first.Folder.Config, "agent: ppo");
        }

        Assert.Contains("already holds a run", Refusal(options), StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultPath_SameSecondAndSeed_IsTheSame() =>
        Assert.Equal(
            RunFolder.DefaultPath(new TrainingSettings { Agent = new PpoSettings() }, new ManualTime()),
            RunFolder.DefaultPath(new TrainingSettings { Agent = new PpoSettings() }, new ManualTime())
        );

    private static string Refusal(TrainingOptions options) =>
        Assert.Throws<IOException>(() => RunClaim.ForNew(options.OutputFolder, "unused")).Message;
}
