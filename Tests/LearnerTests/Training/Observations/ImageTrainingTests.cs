using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.A2c;
using Learners.Composition;
using Learners.Optimizers;
using Learners.Training;
using Tests.AgentTests.Networks;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class ImageTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = new();

    public ImageTrainingTests() => _registry.Register("Dots-v0", () => new Dots(), spec => spec with { MaxEpisodeSteps = 10 });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public async Task TrainAsync_ImagesAndDefaultNetwork_LearnsAndSavesAPolicyThatActsAlike(EngineKind engine)
    {
        var settings = new TrainingSettings
        {
            Environment = "Dots-v0",
            Engine = engine,
            TotalSteps = engine == EngineKind.Managed ? 40_000 : 16_000,
            Agent = new A2cSettings
            {
                Copies = 16,
                UnrollLength = 5,
                Optimizer = new AdamSettings(),
                LearningRate = 2e-3f,
                DiscountFactor = 0, // what is shown next does not depend on the action
            },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 100 },
        };

        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = _registry },
            TestContext.Current.CancellationToken
        );

        double mean = result.Evaluation!.MeanReturn;
        Assert.True(mean > (engine == EngineKind.Managed ? 8 : 4), $"mean return {mean} of 10; 0 by chance");
        using SavedPolicy policy = SavedPolicy.Load(Path.Combine(result.RunFolder, "policy"));
        Assert.Equal([new ConvolutionSettings()], policy.Network.Convolutions!);
        Assert.Equal(result.ParameterHash, policy.ParameterHash);
        string description = File.ReadAllText(Path.Combine(result.RunFolder, "policy", SavedPolicy.DescriptionFile));
        Assert.Contains("convolutions:\n  - channels: 16\n    kernel: 3\n    stride: 1\n", description, StringComparison.Ordinal);
    }

    /// <summary>Shows a dot among others of another plane; action 1 is right when it is in the right half, action 0 otherwise. Rewards ±1.</summary>
    private struct Dots : IEnvironment
    {
        private bool _right;

        public readonly Space ObservationSpace => ImageSpecs.Bytes(1, 10, 10, 4);

        public readonly Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            observation.Clear();
            for (int i = 0; i < 5; i++)
            {
                observation[random.NextInt(0, 100) * 4 + 1] = 1;
            }
            int x = random.NextInt(0, 10);
            observation[(random.NextInt(0, 10) * 10 + x) * 4] = 1;
            _right = x >= 5;
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            float reward = action[0] == 1 == _right ? 1 : -1;
            Reset(observation, ref random);
            return new StepResult(reward);
        }
    }
}
