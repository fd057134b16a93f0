using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Spaces;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Runs;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class MemoryTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Memory/TwoArmedBandit-v0?trials=8&family=easy", "Memory/TwoArmedBandit-v0?family=easy&trials=8")]
    [InlineData("Memory/RepeatPrevious-v0?level=easy", "Memory/RepeatPrevious-v0?level=easy")]
    public async Task TrainAsync_OptionsAndPreviousActionReward_ReachThePolicyAndItsEvaluation(string id, string canonical)
    {
        var settings = new TrainingSettings
        {
            Environment = id,
            TotalSteps = 1_024,
            Wrappers = new() { PreviousActionReward = true },
            Network = new NetworkSettings { Core = "lstm", CoreSize = 8 },
            Agent = new PpoSettings
            {
                Copies = 4,
                UnrollLength = 32,
                Minibatches = 2,
            },
            Evaluation = new EvaluationSettings { Episodes = 4, FinalEpisodes = 8 },
        };

        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run") },
            TestContext.Current.CancellationToken
        );

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal(canonical, policy.Info.Environment);
        Assert.True(policy.Info.PreviousActionReward);
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find(canonical);
        Assert.Equal(spec.ObservationSpace.Size + ((Discrete)spec.ActionSpace).Count + 1, policy.ObservationSpace.Size);
        Assert.Equal(8, Evaluator.Evaluate(policy, episodes: 8).Episodes);
        Assert.Contains(
            $"environment: {canonical}",
            File.ReadAllText(Path.Combine(result.RunFolder, "config.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void DefaultPath_IdWithOptions_HoldsNoSpecialCharacters()
    {
        var settings = new TrainingSettings { Agent = new PpoSettings(), Environment = "Memory/Recall-v0?delay=20&symbols=8" };
        string path = RunFolder.DefaultPath(settings, TimeProvider.System).Replace('\\', '/');
        Assert.StartsWith("runs/Memory-Recall-v0,delay=20,symbols=8/ppo/", path, StringComparison.Ordinal);
        Assert.Equal(3, path.Count(letter => letter == '/'));
    }

    [Theory]
    [InlineData("network.core=gtrxl", 0.5, 1)] // of twenty other seeds the worst had 0.6, the next 0.96
    [InlineData("network.core=identity", -0.7, -0.3)]
    public async Task TrainAsync_CuedRecallAsTuned_IsLearnedByAMemoryAlone(string core, double low, double high)
    {
        TrainingSettings settings = SettingsSources.Load("Memory/Recall-v0", "ppo", null, [core, "total_steps=40_000"]);

        TrainingResult result = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") });

        Assert.InRange(result.Evaluation!.MeanReturn, low, high);
    }

    [Fact]
    public void For_IdWithOptions_TakesTheSettingsTunedForTheEnvironment()
    {
        TrainingSettings tuned = TunedSettings.For("Memory/PassiveTMaze-v0");
        Assert.Equal("lstm", tuned.Network.Core);
        TrainingSettings longer = TunedSettings.For("Memory/PassiveTMaze-v0?length=30");
        Assert.Equal(tuned with { Environment = "Memory/PassiveTMaze-v0?length=30" }, longer);
        Assert.Contains(("ppo", "Memory/PassiveTMaze-v0"), TunedFiles.All);
    }
}
