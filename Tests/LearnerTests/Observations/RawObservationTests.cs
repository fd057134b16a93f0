using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Impala;
using Learners.Ppo;
using Learners.Returns;
using Learners.Sources;
using Learners.Stages;
using Learners.Training;
using Protos;
using Tests.LearnerTests.Returns;
using Xunit;

namespace Tests.LearnerTests.Observations;

/// <summary>Unrolls hold observations as the task gives them; who acts and who learns normalise them by the same fixed statistics.</summary>
public sealed class RawObservationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("identity", 0)]
    [InlineData("lstm", 0)]
    [InlineData("identity", 1)]
    [InlineData("lstm", 1)]
    public async Task NextAsync_NormalizedPublications_RatiosAreOneBitForBit(string core, int lag)
    {
        TrainingSettings settings = Settings(core, lag);
        using InlineUnrollSource source = Source(settings);
        List<float[]> versions = [];
        List<double> means = [];
        var seen = new List<float>();
        for (int version = 0; version < 5; version++)
        {
            versions.Add(Parameters(source.Spec, (ulong)version));
            source.Publish(versions[version], version);
            means.Add(source.ObservationStatistics!.Mean[0]);
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);

            Assert.True(unroll.Header.HasRawObservations);
            Assert.Equal(Math.Max(0, version - lag), unroll.Header.ParameterVersion);
            int acted = unroll.Rewards.Length * 3;
            float[] raw = unroll.Observations.Read(unroll.EpisodeStarts);
            for (int i = 0; i < raw.Length; i += 3)
            {
                Assert.Equal(1, raw[i] * raw[i] + raw[i + 1] * raw[i + 1], 1e-5); // cosine and sine of one angle
            }
            AssertRatiosAreOne(source.Spec, versions[(int)unroll.Header.ParameterVersion], unroll);
            // Fixed within the unroll: every row is what the statistics of that publication make of it.
            float[] inputs = new float[raw.Length];
            unroll.ReadInputs(inputs);
            Assert.Equal(Expected(raw, seen, version - lag, acted), inputs);
            seen.AddRange(raw[..acted]);
        }
        Assert.Equal(5, means.Distinct().Count());
    }

    [Fact]
    public async Task NextAsync_ActedRows_EachEnterTheStatisticsOnce()
    {
        using InlineUnrollSource source = Source(Settings("identity", 0));
        var expected = new RunningStatistics(3);
        for (int version = 0; version < 4; version++)
        {
            source.Publish(Parameters(source.Spec, 1), version);
            Assert.Equal(expected.Snapshot().Mean.ToArray(), source.ObservationStatistics!.Mean.ToArray());
            Assert.Equal(expected.Snapshot().Variance.ToArray(), source.ObservationStatistics!.Variance.ToArray());
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);
            expected.Update(unroll.Observations.Read(unroll.EpisodeStarts).AsSpan(0, unroll.Rewards.Length * 3));
        }
        Assert.Equal(4 * 4 * 8, expected.Count, 1e-3);
    }

    [Fact]
    public async Task Publish_TheSameVersionAgain_KeepsItsStatistics()
    {
        using InlineUnrollSource source = Source(Settings("identity", 0));
        source.Publish(Parameters(source.Spec, 1), 7);
        await source.NextAsync(TestContext.Current.CancellationToken);
        RunningStatistics before = source.ObservationStatistics!;

        source.Publish(Parameters(source.Spec, 2), 7);
        Assert.Same(before, source.ObservationStatistics);
        source.Publish(Parameters(source.Spec, 2), 8);
        Assert.NotSame(before, source.ObservationStatistics);
    }

    [Fact]
    public void Of_VersionsThatWerePublished_AreKeptForAWhileAndSaved()
    {
        var spec = new NetworkSpec(new Box(-1, 1, 2), new Discrete(2), new NetworkSettings());
        var wrappers = new WrapperSettings { NormalizeObservations = true };
        var statistics = new ObservationStatistics(spec, wrappers, versions: 3);
        for (int version = 0; version < 5; version++)
        {
            statistics.Running!.Update([version, 1]);
            statistics.Publish(10 * version);
        }
        var state = new StateDictionary();
        statistics.SaveState(state);
        var resumed = new ObservationStatistics(spec, wrappers, versions: 3);
        resumed.LoadState(state);

        Assert.Null(statistics.Of(10));
        Assert.Null(resumed.Of(10));
        foreach (long version in (long[])[20, 30, 40])
        {
            Assert.Equal(statistics.Of(version)!.Statistics!.Scale.ToArray(), resumed.Of(version)!.Statistics!.Scale.ToArray());
        }
        Assert.NotEqual(statistics.Of(20)!.Statistics!.Mean[0], statistics.Of(30)!.Statistics!.Mean[0]);
        Assert.Equal(statistics.Running!.Mean.ToArray(), resumed.Running!.Mean.ToArray());
        Assert.Same(statistics.Of(40), statistics.Newest);
    }

    [Fact]
    public async Task Prepare_NormalizedUnrollWithVTrace_EqualsTheUncorrectedReturns()
    {
        TrainingSettings settings = Settings("lstm", 0);
        using InlineUnrollSource source = Source(settings);
        float[] parameters = Parameters(source.Spec, 3);
        Unroll unroll = null!;
        for (int version = 0; version < 3; version++)
        {
            source.Publish(parameters, version);
            unroll = await source.NextAsync(TestContext.Current.CancellationToken);
        }
        using var network = new ProgramNetwork(source.Spec, parameters);
        var corrected = new UnrollEvaluator(network);
        var plain = new UnrollEvaluator(network);

        corrected.Prepare(unroll, 0.99f, 1, new VTraceClips(1e6f, 1e6f, 1e6f));
        plain.Prepare(unroll, 0.99f, 1);

        Near.Equal([.. plain.Returns.ToArray().Select(value => (double)value)], corrected.Returns.ToArray());
    }

    [Fact]
    public async Task TrainAsync_MixedObservations_AreNormalizedKeyByKeyAndSaved()
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Mixed-v0", () => new Mixed(), spec => spec with { MaxEpisodeSteps = 10 });
        TrainingSettings settings = new()
        {
            Environment = "Mixed-v0",
            TotalSteps = 1_024,
            Wrappers = new WrapperSettings { NormalizeObservations = true },
            Agent = new PpoSettings { Copies = 4, UnrollLength = 32 },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 2 },
        };

        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = registry },
            TestContext.Current.CancellationToken
        );

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal(10, Evaluator.Evaluate(policy, episodes: 2, registry: registry).MeanLength);
        ObservationTransform inputs = policy.ActingNetwork.Inputs;
        Assert.Equal(2, inputs.Statistics!.Size);
        Assert.Equal(1_000, inputs.Statistics.Mean[0], 2.0);
        Assert.Equal(-5, inputs.Statistics.Mean[1], 0.5);
        Assert.Equal(100, inputs.Statistics.Variance[0], 30.0);
    }

    /// <summary>Log-probs recomputed with the parameters and statistics of the recorded version are the recorded ones, bit for bit.</summary>
    internal static void AssertRatiosAreOne(
        NetworkSpec spec,
        float[] parameters,
        Unroll unroll,
        int first = 0,
        int? copies = null
    )
    {
        int all = unroll.Copies;
        int count = copies ?? all;
        int rows = unroll.Steps * count;
        int size = spec.ObservationSize;
        float[] inputs = new float[(unroll.Steps + 1) * all * size];
        unroll.ReadInputs(inputs);
        using var network = new ProgramNetwork(spec, parameters);
        var distributions = new float[rows * spec.DistributionSize];
        float[] state = unroll.InitialCoreState.AsSpan(first * spec.CoreStateSize, count * spec.CoreStateSize).ToArray();
        network.Unroll(
            unroll.Steps,
            Columns(inputs, size),
            Columns(unroll.EpisodeStarts, 1),
            state,
            distributions,
            new float[rows]
        );
        var logProbs = new float[rows];
        ActionDistribution
            .For(spec.ActionSpace)
            .LogProbs(distributions, Columns(unroll.Actions, unroll.Shape.ActionSize), logProbs);

        Assert.Equal(
            Columns(unroll.BehaviourLogProbs, 1).Select(BitConverter.SingleToInt32Bits),
            logProbs.Select(BitConverter.SingleToInt32Bits)
        );

        T[] Columns<T>(T[] array, int width) =>
            [
                .. Enumerable
                    .Range(0, unroll.Steps)
                    .SelectMany(t => array.AsSpan((t * all + first) * width, count * width).ToArray()),
            ];
    }

    /// <summary>Fresh parameters whose heads are large enough for probabilities to differ.</summary>
    internal static float[] Parameters(NetworkSpec spec, ulong seed)
    {
        var random = new Pcg64(100 + seed);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] += 0.1f * (float)random.NextGaussian();
        }
        return parameters;
    }

    private static float[] Expected(float[] raw, List<float> seen, int versionsBefore, int perUnroll)
    {
        var statistics = new RunningStatistics(3);
        for (int i = 0; i < Math.Max(0, versionsBefore); i++)
        {
            statistics.Update([.. seen.Skip(i * perUnroll).Take(perUnroll)]);
        }
        var expected = new float[raw.Length];
        statistics.Snapshot().Normalize(raw, expected);
        return expected;
    }

    private static TrainingSettings Settings(string core, int lag) =>
        new()
        {
            Environment = "Pendulum-v1",
            Agent = new ImpalaSettings
            {
                Copies = 4,
                UnrollLength = 8,
                PolicyLag = lag,
            },
            Network = new NetworkSettings
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
            },
            Wrappers = new WrapperSettings { NormalizeObservations = true },
        };

    private static InlineUnrollSource Source(TrainingSettings settings) =>
        (InlineUnrollSource)new TrainingOptions().Step(settings, new SeedSequence(5));

    /// <summary>A picture of bytes, an integer, and two numbers far from zero.</summary>
    private readonly struct Mixed : IEnvironment
    {
        public Space ObservationSpace =>
            new Dict(
                KeyValuePair.Create<string, Space>("picture", new Box(0, 255, 4, 4, 1) { ElementType = ElementType.UInt8 }),
                KeyValuePair.Create<string, Space>(
                    "body",
                    new Dict(
                        KeyValuePair.Create<string, Space>("speed", new Box(-1e6f, 1e6f, 1)),
                        KeyValuePair.Create<string, Space>("gear", new Discrete(3)),
                        KeyValuePair.Create<string, Space>("height", new Box(-1e6f, 1e6f, 1))
                    )
                )
            );

        public Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            for (int i = 0; i < 16; i++)
            {
                observation[i] = random.NextInt(0, 256);
            }
            observation[16] = (float)(1_000 + 10 * random.NextGaussian());
            observation[17] = random.NextInt(0, 3);
            observation[18] = (float)(-5 + random.NextGaussian());
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            Reset(observation, ref random);
            return new StepResult(action[0]);
        }
    }
}
