using System.Security.Cryptography;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>Boxes of actions: the environment gets members of the space, from training to a session, and finds wide ones explored.</summary>
public sealed class BoundedActionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_RewardThatGrowsWithTheAction_SendsAndSavesActionsWithinTheBounds()
    {
        var received = new Range();
        _registry.Register("More-v0", () => new Payment(new Box(-1, 1, 1), action => action, received));

        using SavedPolicy policy = await TrainAsync("More-v0");

        Assert.Equal((-1, 1), (received.Low, received.High));
        PolicySession session = policy.CreateSession(seed: 1, acting: ActingPolicies.Sample);
        bool left = false;
        for (int t = 0; t < 1_000; t++)
        {
            Assert.InRange(session.Act([0])[0], -1, 1);
            left |= Math.Abs(session.Output.Samples[0]) > 1;
        }
        Assert.True(left, "no sample left the bounds");
        Assert.Equal(1, policy.CreateSession().Act([0])[0]);
        EvaluationResult result = Evaluator.Evaluate(policy, episodes: 4, deterministic: true, registry: _registry);
        Assert.Equal(10, result.MeanReturn, 1e-5);
    }

    [Theory]
    [InlineData(0, 1000, 700)]
    [InlineData(100, 102, 101.5)]
    [InlineData(-0.01, 0.01, 0.005)]
    public async Task TrainAsync_BoxFarFromTheStandardNormal_FindsTheBestAction(double low, double high, double best)
    {
        double halfRange = (high - low) / 2;
        _registry.Register(
            "Aim-v0",
            () =>
                new Payment(
                    new Box((float)low, (float)high, 1),
                    action => (float)-Math.Abs((action - best) / halfRange),
                    new Range()
                )
        );

        using SavedPolicy policy = await TrainAsync("Aim-v0");

        Assert.InRange((policy.CreateSession().Act([0])[0] - best) / halfRange, -0.15, 0.15);
        Assert.True(policy.Network.ScaleActions);
    }

    [Fact]
    public async Task ResumeAsync_RunOlderThanScalingAndFloatImages_GoesOnAsItBegan()
    {
        _registry.Register(
            "Old-v0",
            () => new Payment(new Box(0, 1000, 1), action => action, new Range(), new Box(-1, 1, 3, 3, 1))
        );
        TrainingSettings settings = Settings("Old-v0") with
        {
            Network = new NetworkSettings { ScaleActions = false, Encoder = EncoderKind.ConvBytes },
        };
        TrainingResult straight = await RunAsync(settings, "straight");
        using var cancellation = new CancellationTokenSource();
        await Trainer.TrainAsync(
            settings,
            new TrainingOptions
            {
                OutputFolder = _folder.In("half"),
                Registry = _registry,
                Progress = new StopAt(8_192, cancellation),
            },
            cancellation.Token
        );
        string config = Path.Combine(_folder.In("half"), "config.yaml");
        Rewrite(config, ("  scale_actions: false\n", ""), ("encoder: conv_bytes", "encoder: auto"));
        foreach (string checkpoint in Directory.EnumerateDirectories(Path.Combine(_folder.In("half"), "checkpoints")))
        {
            string policy = Path.Combine(checkpoint, "policy", "policy.yaml");
            string before = Sha256(policy);
            Rewrite(
                policy,
                ("format: 2", "format: 1"),
                ("  scale_actions: false\n", ""),
                ("encoder: conv_bytes", "encoder: auto")
            );
            Rewrite(Path.Combine(checkpoint, "manifest.json"), (before, Sha256(policy)));
        }

        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("half"),
            options: new TrainingOptions { Registry = _registry },
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
        string written = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        Assert.Contains("  scale_actions: false", written, StringComparison.Ordinal);
        Assert.Contains("  encoder: conv_bytes", written, StringComparison.Ordinal);
    }

    private static void Rewrite(string path, params (string From, string To)[] changes)
    {
        string text = File.ReadAllText(path);
        foreach ((string from, string to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }
        File.WriteAllText(path, text);
    }

    private static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private async Task<SavedPolicy> TrainAsync(string id)
    {
        TrainingResult result = await RunAsync(Settings(id), "run");
        return SavedPolicy.Load(result.PolicyFolder);
    }

    private static TrainingSettings Settings(string id) =>
        new()
        {
            Environment = id,
            TotalSteps = 16_384,
            Agent = new PpoSettings
            {
                Copies = 8,
                UnrollLength = 64,
                LearningRate = 3e-3f,
                DiscountFactor = 0,
            },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

    private Task<TrainingResult> RunAsync(TrainingSettings settings, string folder) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(folder), Registry = _registry },
            TestContext.Current.CancellationToken
        );

    /// <summary>Smallest and greatest action that an environment got.</summary>
    private sealed class Range
    {
        public float Low { get; private set; } = float.PositiveInfinity;

        public float High { get; private set; } = float.NegativeInfinity;

        public void Add(float value)
        {
            Low = Math.Min(Low, value);
            High = Math.Max(High, value);
        }
    }

    /// <summary>Always the same state; ten actions an episode, paid by a rule.</summary>
    private sealed class Payment(Box actions, Func<float, float> reward, Range received, Box? observations = null)
        : IEnvironment,
            ISavableEnvironment
    {
        private int _step;

        public Space ObservationSpace { get; } = observations ?? new Box(-1, 1, 1);

        public Space ActionSpace => actions;

        public void SaveState(StateDictionary state) => state.Set("step", _step);

        public void LoadState(StateDictionary state) => _step = state.Get("step", 0, 9);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _step = 0;
            observation.Clear();
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            received.Add(action[0]);
            observation.Clear();
            return new StepResult(reward(action[0]), ++_step == 10);
        }
    }
}
