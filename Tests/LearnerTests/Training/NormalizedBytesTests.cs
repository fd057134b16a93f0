using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>Bytes that were normalised or scaled are real numbers to the network: neither symbols nor scaled once more.</summary>
public sealed class NormalizedBytesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = new();

    public NormalizedBytesTests()
    {
        _registry.Register("Symbols-v0", () => new Noise(5), spec => spec with { MaxEpisodeSteps = 10 });
        _registry.Register("Pixels-v0", () => new Noise(255), spec => spec with { MaxEpisodeSteps = 10 });
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Symbols-v0", true, 1f, 1)]
    [InlineData("Pixels-v0", true, 1f, 1)]
    [InlineData("Pixels-v0", true, 1f, 4)]
    [InlineData("Pixels-v0", true, 0.25f, 1)]
    [InlineData("Symbols-v0", false, 0.25f, 1)]
    [InlineData("Pixels-v0", false, 0.00390625f, 4)]
    public void NetworkFor_ChangedBytes_ReadsImagesOfTheNumbersAsTheyAre(string id, bool normalize, float scale, int stack)
    {
        using EnvironmentPipeline pipeline = Pipeline(id, normalize, scale, stack);
        NetworkSpec spec = pipeline.NetworkFor(new NetworkSettings());
        int size = spec.ObservationSize;
        pipeline.Environment.Reset(1);
        ReadOnlySpan<float> observations = pipeline.Environment.Observations;
        var features = new float[pipeline.Environment.Count * spec.FeatureSize];

        spec.Plan.Features.EncodeRows(observations, features);

        Assert.Equal(size, spec.FeatureSize);
        Assert.Equal(observations.ToArray().Order(), features.Order()); // stacked frames become channels
        Assert.Single(spec.Plan.Convolutions[0]);
        Assert.False(pipeline.ShapeFor(spec, 4).Observations.IsBytes);
    }

    [Fact]
    public void NetworkFor_NormalizedPixels_SeesADeviationOfOne()
    {
        using EnvironmentPipeline pipeline = Pipeline("Pixels-v0", normalize: true, 1, 1);
        NetworkSpec spec = pipeline.NetworkFor(new NetworkSettings());
        IBatchedEnvironment environment = pipeline.Environment;
        environment.Reset(1);
        for (int t = 0; t < 100; t++)
        {
            environment.Step(new float[environment.Count]);
        }
        var features = new float[environment.Observations.Length];

        spec.Plan.Features.EncodeRows(environment.Observations, features);

        Assert.InRange(Math.Sqrt(features.Average(value => (double)value * value)), 0.9, 1.1);
    }

    [Theory]
    [InlineData("Symbols-v0", 1)]
    [InlineData("Pixels-v0", 1)]
    [InlineData("Pixels-v0", 2)]
    public async Task TrainAsync_NormalizedBytes_SavesAPolicyThatTakesThemRaw(string id, int stack)
    {
        var settings = new TrainingSettings
        {
            Environment = id,
            TotalSteps = 512,
            Wrappers = new WrapperSettings { NormalizeObservations = true, FrameStack = stack },
            Agent = new PpoSettings { Copies = 4, UnrollLength = 32 },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 2 },
        };

        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = _registry },
            TestContext.Current.CancellationToken
        );

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        EvaluationResult again = Evaluator.Evaluate(policy, episodes: 2, registry: _registry);
        Assert.Equal(10, again.MeanLength);
        Assert.Equal(ElementType.Float32, Assert.IsType<Box>(policy.ObservationSpace).ElementType);
    }

    [Fact]
    public void ForTraining_NormalizedIntegers_AreRefusedWithTheReason()
    {
        IBatchedEnvironment integers = EnvironmentRegistry.Default.Make("Blackjack-v1");

        var exception = Assert.Throws<SettingsException>(() =>
            EnvironmentPipeline.ForTraining(integers, new WrapperSettings { NormalizeObservations = true }, 0.99f)
        );

        Assert.Contains("only a Box can be normalised", exception.Message, StringComparison.Ordinal);
    }

    private EnvironmentPipeline Pipeline(string id, bool normalize, float scale, int stack) =>
        EnvironmentPipeline.ForTraining(
            _registry.Make(id, 8),
            new WrapperSettings
            {
                NormalizeObservations = normalize,
                ObservationScale = scale,
                FrameStack = stack,
            },
            0.99f
        );

    /// <summary>Random bytes from 0 to a highest one.</summary>
    private readonly struct Noise(int highest) : IEnvironment
    {
        public Space ObservationSpace => new Box(0, highest, 3, 3, 1) { ElementType = ElementType.UInt8 };

        public Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            foreach (ref float value in observation)
            {
                value = random.NextInt(0, highest + 1);
            }
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            Reset(observation, ref random);
            return new StepResult(0);
        }
    }
}
