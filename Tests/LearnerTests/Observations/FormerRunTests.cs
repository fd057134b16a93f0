using Agents.Policies;
using Fleet;
using Fleet.Hosting;
using Learners.Checkpoints;
using Learners.Training;
using Tests.Waits;
using Xunit;

namespace Tests.LearnerTests.Observations;

/// <summary>
/// Runs that the release before raw observations recorded, <c>Golden/Runs</c>: they go on. Never record them again; they are of commit d5ed8e6.
/// </summary>
public sealed class FormerRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Two actors' unrolls of version 1 of the protocol, normalised by them, wait in the journal behind a checkpoint. Learned from without any actor, they
    /// lead to the parameters that the release before saved.
    /// </summary>
    [Theory]
    [InlineData("protocol-1-lstm")]
    [InlineData("protocol-1-stacked")] // two frames, scaled by a half
    public async Task ResumeAsync_JournalOfVersion1_ReplaysToTheOldParameters(string name)
    {
        string run = Copy(name);
        using SavedPolicy expected = SavedPolicy.Load(Path.Combine(run, "policy"));
        List<string> warnings = [];

        TrainingResult result = await FleetLearner
            .ResumeAsync(
                run,
                null,
                new FleetOptions { Listen = "unix:" + _folder.In("s") },
                new TrainingOptions { Warn = warnings.Add },
                TestContext.Current.CancellationToken
            )
            .InTime();

        Assert.Equal((640, 20), (result.EnvironmentSteps, result.Updates));
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        bool sameInstructions = !warnings.Any(warning => warning.Contains("rounded in another order", StringComparison.Ordinal));
        if (sameInstructions)
        {
            Assert.Equal(expected.ParameterHash, policy.ParameterHash);
        }
        for (int i = 0; i < policy.ParameterCount; i++)
        {
            Assert.Equal(expected.Parameters[i], policy.Parameters[i], 1e-3f);
        }
        Assert.Equal(
            expected.ActingNetwork.Inputs.Statistics!.Mean.ToArray(),
            policy.ActingNetwork.Inputs.Statistics!.Mean.ToArray()
        );
    }

    /// <summary>Statistics and scores that lay in layers around the environments are found where they were.</summary>
    [Fact]
    public async Task ResumeAsync_CheckpointOfWrappedNormalization_GoesOnWithItsStatistics()
    {
        string run = Copy("wrapped-normalization");
        var before = new CheckpointStore(Path.Combine(run, "checkpoints"), 3).LoadNewest(_ => { });
        double count = before.Get<double>("source.recorder.environment.wrapper.count");

        TrainingResult result = await Trainer.ResumeAsync(run, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1_280, result.EnvironmentSteps);
        var after = new CheckpointStore(Path.Combine(run, "checkpoints"), 3).LoadNewest(_ => { });
        Assert.Equal(count + 640, after.Get<double>("source.statistics.count"), 1e-6);
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal(after.GetArray<double>("source.statistics.mean")[2], policy.ActingNetwork.Inputs.Statistics!.Mean[2], 1e-6);
    }

    private string Copy(string name)
    {
        string from = Path.Combine(AppContext.BaseDirectory, "Golden", "Runs", name);
        string to = _folder.In(name);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return to;
    }
}
