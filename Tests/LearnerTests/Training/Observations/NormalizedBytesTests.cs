using Actors;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Tests.LearnerTests.Returns;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>Bytes are divided by their largest value once; scaled ones are real numbers to the network, neither symbols nor divided once more.</summary>
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
    [InlineData("Pixels-v0", true, 0.25f, 1)]
    [InlineData("Symbols-v0", false, 0.25f, 1)]
    [InlineData("Pixels-v0", false, 0.00390625f, 4)]
    public void NetworkFor_ScaledBytes_ReadsImagesOfTheNumbersAsTheyAre(string id, bool normalize, float scale, int stack)
    {
        using EnvironmentPipeline pipeline = Pipeline(id, normalize, scale, stack);
        NetworkSpec spec = pipeline.NetworkFor(new NetworkSettings());
        int size = spec.ObservationSize;
        pipeline.Environment.Reset(1);
        ReadOnlySpan<float> observations = pipeline.Environment.Observations;
        var inputs = new float[observations.Length];
        var features = new float[pipeline.Environment.Count * spec.FeatureSize];

        ObservationTransform.Scaling(scale).Apply(observations, inputs);
        spec.Plan.Features.EncodeRows(inputs, features);

        Assert.Equal(size, spec.FeatureSize);
        Assert.Equal(observations.ToArray().Select(value => value * scale).Order(), features.Order()); // stacked frames become channels
        Assert.Single(spec.Plan.Convolutions[0]);
        Assert.True(pipeline.ShapeFor(spec, 4).Observations.IsBytes); // what is scaled is kept and sent as it was
    }

    [Fact]
    public void NetworkFor_PixelsAsTheyAre_AreDividedBy255Once()
    {
        using EnvironmentPipeline pipeline = Pipeline("Pixels-v0", normalize: false, 1, 1);
        NetworkSpec spec = pipeline.NetworkFor(new NetworkSettings());
        pipeline.Environment.Reset(1);
        ReadOnlySpan<float> observations = pipeline.Environment.Observations;
        var features = new float[observations.Length];

        spec.Plan.Features.EncodeRows(observations, features);

        Near.Equal([.. observations.ToArray().Select(value => value / 255.0)], features);
        Assert.True(features.Max() > 0.9f);
    }

    [Theory]
    [InlineData("Symbols-v0", 1)]
    [InlineData("Pixels-v0", 1)]
    [InlineData("Pixels-v0", 2)]
    public async Task TrainAsync_ScaledAndNormalizedBytes_SavesAPolicyThatTakesThemRaw(string id, int stack)
    {
        var settings = new TrainingSettings
        {
            Environment = id,
            TotalSteps = 512,
            Wrappers = new WrapperSettings
            {
                NormalizeObservations = true,
                ObservationScale = 0.00392156863f,
                FrameStack = stack,
            },
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

    [Theory]
    [InlineData("Blackjack-v1", "takes bytes and integers as they are. Leave normalize_observations out.")]
    [InlineData(
        "Pixels-v0",
        "divides bytes by their largest value itself. Leave normalize_observations out, or make real numbers"
    )]
    public void ForTraining_NothingToNormalize_IsRefusedWithTheReason(string id, string remedy)
    {
        IBatchedEnvironment environment = (id == "Pixels-v0" ? _registry : EnvironmentRegistry.Default).Make(id);

        var exception = Assert.Throws<SettingsException>(() =>
            EnvironmentPipeline.ForTraining(environment, new WrapperSettings { NormalizeObservations = true }, 0.99f)
        );

        Assert.Contains("holds no real numbers to normalise", exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, exception.Message, StringComparison.Ordinal);
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
