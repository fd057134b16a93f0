using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
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
        PolicySession session = policy.CreateSession(seed: 1, selection: ActionSelection.Sample);
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

    private async Task<SavedPolicy> TrainAsync(string id)
    {
        var settings = new TrainingSettings
        {
            Environment = id,
            TotalSteps = 16_384,
            Ppo = new PpoSettings
            {
                Copies = 8,
                UnrollLength = 64,
                LearningRate = 3e-3f,
                DiscountFactor = 0,
            },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = _registry },
            TestContext.Current.CancellationToken
        );
        return SavedPolicy.Load(result.PolicyFolder);
    }

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
    private sealed class Payment(Box actions, Func<float, float> reward, Range received) : IEnvironment
    {
        private int _step;

        public Space ObservationSpace { get; } = new Box(-1, 1, 1);

        public Space ActionSpace => actions;

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _step = 0;
            observation[0] = 0;
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            received.Add(action[0]);
            observation[0] = 0;
            return new StepResult(reward(action[0]), ++_step == 10);
        }
    }
}
