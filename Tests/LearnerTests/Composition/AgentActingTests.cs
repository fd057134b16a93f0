using Agents.Policies;
using Agents.Policies.Acting;
using Agents.Yaml;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Tests.FleetTests;
using Xunit;

namespace Tests.LearnerTests.Composition;

/// <summary>An agent acts as it says: in training, in a fleet, in evaluations, and as a saved policy.</summary>
public sealed class AgentActingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_AgentThatIsGreedy_IsGreedyFromTrainingToTheLoadedPolicy()
    {
        TrainingSettings settings = Settings("greedy");

        TrainingResult result = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") });

        Assert.All(settings.Of<WaySettings>().LogProbs, logProb => Assert.Equal(0, logProb));
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal("greedy", policy.Info.Acting);
        Assert.Same(ActingPolicies.Greedy, policy.Acting);
        Assert.Contains(
            "\nacting: greedy\n",
            File.ReadAllText(Path.Combine(result.PolicyFolder, "policy.yaml")),
            StringComparison.Ordinal
        );
        EvaluationResult greedy = Evaluator.Evaluate(policy, episodes: 8, seed: 2, deterministic: true);
        Assert.Equal(greedy, Evaluator.Evaluate(policy, episodes: 8, seed: 2));
        Assert.NotEqual(greedy, Evaluator.Evaluate(As("sample", result.PolicyFolder), episodes: 8, seed: 2));
    }

    [Fact]
    public async Task TrainAsync_AgentThatSaysNothing_Samples()
    {
        Assert.Equal("sample", new PpoAgent().Acting);
        TrainingSettings settings = Settings("sample");

        TrainingResult result = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") });

        Assert.All(settings.Of<WaySettings>().LogProbs, logProb => Assert.InRange(logProb, -5, -1e-6f));
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal("sample", policy.Info.Acting);
        EvaluationResult sampled = Evaluator.Evaluate(policy, episodes: 8, seed: 2);
        Assert.NotEqual(sampled, Evaluator.Evaluate(policy, episodes: 8, seed: 2, deterministic: true));
    }

    [Fact]
    public async Task LearnAsync_AgentThatIsGreedy_HasActorsThatAre()
    {
        using var fleet = new FleetRun(_folder);
        TrainingSettings together = Settings("greedy") with { Fleet = new FleetSettings { LockStep = true } };
        TrainingSettings alone = Settings("greedy");

        TrainingResult one = await Trainer.TrainAsync(alone, new TrainingOptions { OutputFolder = _folder.In("alone") });
        (TrainingResult result, _) = await fleet.RunAsync(together);

        List<float> seen = together.Of<WaySettings>().LogProbs;
        Assert.Equal(512, seen.Count);
        Assert.All(seen, logProb => Assert.Equal(0, logProb));
        Assert.Equal(one.ParameterHash, result.ParameterHash);
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal("greedy", policy.Info.Acting);
    }

    [Fact]
    public async Task TrainAsync_WayThatIsNotKnown_IsToldBeforeThereIsAFolder()
    {
        SettingsException error = await Assert.ThrowsAsync<SettingsException>(() =>
            Trainer.TrainAsync(Settings("gredy"), new TrainingOptions { OutputFolder = _folder.In("run") })
        );

        Assert.Equal(
            "settings: way: There is no acting policy 'gredy'. Did you mean 'greedy'? Known: greedy, sample. "
                + $"Let the property Acting of {typeof(WayAgent).FullName} give one of them.",
            error.Message
        );
        Assert.False(Directory.Exists(_folder.In("run")));
    }

    [Fact]
    public void Register_WayThatIsNotKnown_SaysWhereToMendIt()
    {
        var error = Assert.Throws<ArgumentException>(() => new AgentRegistry().Register(new WayAgent("gredy")));

        Assert.Contains("Did you mean 'greedy'?", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Let the property Acting of {typeof(WayAgent).FullName}", error.Message, StringComparison.Ordinal);
    }

    private static TrainingSettings Settings(string way) =>
        new()
        {
            Environment = "CartPole-v1",
            Seed = 3,
            TotalSteps = 512,
            Agent = new WaySettings { Way = way },
            Evaluation = new() { Episodes = 0, FinalEpisodes = 4 },
        };

    // The same policy under a description that says otherwise.
    private SavedPolicy As(string acting, string folder)
    {
        string copy = _folder.In("copy");
        Directory.CreateDirectory(copy);
        File.Copy(Path.Combine(folder, "policy.safetensors"), Path.Combine(copy, "policy.safetensors"));
        string description = File.ReadAllText(Path.Combine(folder, "policy.yaml"));
        File.WriteAllText(
            Path.Combine(copy, "policy.yaml"),
            description.Replace("acting: greedy", $"acting: {acting}", StringComparison.Ordinal)
        );
        return SavedPolicy.Load(copy);
    }
}
