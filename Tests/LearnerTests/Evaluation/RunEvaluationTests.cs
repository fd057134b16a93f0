using System.Collections.Concurrent;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Evaluation;

/// <summary>Copies that a run makes and disposes, for training and for its evaluations.</summary>
public sealed class RunEvaluationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = new();
    private readonly Counter _counter = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Register_AClassThatOwnsSomething_DisposesTheCopyThatItLookedAt()
    {
        Register();

        Assert.Equal((1, 0), (_counter.Started, _counter.Alive));
    }

    [Theory]
    [InlineData(3, 12, 3)] // as many as an evaluation has episodes
    [InlineData(6, 4, 4)] // no more than is allowed
    [InlineData(0, 5, 5)] // only the evaluation after training
    public async Task TrainAsync_ManyEvaluations_StartsTheCopiesOfTrainingAndOneSetForThemAll(
        int episodes,
        int copies,
        int expected
    )
    {
        Register();
        int before = _counter.Started;
        TrainingResult result = await Trainer.TrainAsync(
            Settings(episodes, copies),
            Options(),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(7, result.Evaluation!.Episodes);
        Assert.Equal(4 + expected, _counter.Started - before);
        Assert.Equal(0, _counter.Alive);
    }

    [Fact]
    public async Task TrainAsync_TheEnvironmentFails_LeavesNoCopyBehind()
    {
        Register();
        _counter.FailAt = 300;
        await Assert.ThrowsAsync<EnvironmentFaultException>(() =>
            Trainer.TrainAsync(Settings(2, 2), Options(), TestContext.Current.CancellationToken)
        );

        Assert.Equal(0, _counter.Alive);
    }

    [Fact]
    public void Make_ACopyCannotBeMade_DisposesThoseBefore()
    {
        Register();
        _counter.MostStarted = _counter.Started + 2;

        Assert.Throws<IOException>(() => _registry.Make("Owner-v0", 5));
        Assert.Throws<IOException>(() => new ParallelEnvironment(count => _registry.Make("Owner-v0", count), 5, 3));
        Assert.Equal(0, _counter.Alive);
    }

    [Theory]
    [InlineData("CartPole-v1")]
    [InlineData("MinAtar/Breakout-v1")]
    public async Task Play_AfterOtherEvaluations_GivesWhatNewCopiesGive(string id)
    {
        TrainingSettings settings = Settings(3, 3) with
        {
            Environment = id,
            Wrappers = new()
            {
                StickyActions = 0.25,
                NoopMax = id == "CartPole-v1" ? 0 : 5,
                FrameSkip = 2,
                PreviousActionReward = id == "CartPole-v1",
                FrameStack = id == "CartPole-v1" ? 1 : 2,
            },
        };
        await Trainer.TrainAsync(settings, Options() with { Registry = EnvironmentRegistry.Default });
        using SavedPolicy policy = SavedPolicy.Load(_folder.In("run", "policy"));
        using var kept = new RunEvaluation(settings, EnvironmentRegistry.Default, null);
        using var other = new RunEvaluation(settings, EnvironmentRegistry.Default, null);
        kept.Play(policy, 3, 1, default);
        kept.Play(policy, 2, 2, default);

        Assert.Equal(other.Play(policy, 7, 5, default), kept.Play(policy, 7, 5, default));
    }

    private void Register() =>
        _registry.Register("Owner-v0", () => new Owner(_counter), spec => spec with { MaxEpisodeSteps = 20 });

    private static TrainingSettings Settings(int episodes, int copies) =>
        new()
        {
            Environment = "Owner-v0",
            TotalSteps = 1_024,
            Agent = new PpoSettings { Copies = 4, UnrollLength = 32 },
            Evaluation = new EvaluationSettings
            {
                EverySteps = 128,
                Episodes = episodes,
                FinalEpisodes = 7,
                Copies = copies,
                MaxEpisodeSteps = 50,
            },
        };

    private TrainingOptions Options() => new() { OutputFolder = _folder.In("run"), Registry = _registry };

    private sealed class Counter
    {
        private readonly ConcurrentDictionary<Owner, bool> _alive = new();
        private int _started;
        private int _steps;

        public int Started => _started;

        public int Alive => _alive.Count;

        public int FailAt { get; set; } = int.MaxValue;

        public int MostStarted { get; set; } = int.MaxValue;

        public void Start(Owner owner)
        {
            if (Interlocked.Increment(ref _started) > MostStarted)
            {
                throw new IOException("There is nothing left to own.");
            }
            _alive[owner] = true;
        }

        public void Step()
        {
            if (Interlocked.Increment(ref _steps) >= FailAt)
            {
                throw new EnvironmentFaultException("It is broken.");
            }
        }

        public void End(Owner owner) => Assert.True(_alive.TryRemove(owner, out _), "It was disposed twice.");
    }

    /// <summary>An environment that owns something outside, as one with a process behind it does.</summary>
    private sealed class Owner : IEnvironment, IDisposable
    {
        private readonly Counter _counter;

        public Owner(Counter counter)
        {
            _counter = counter;
            counter.Start(this);
        }

        public Space ObservationSpace { get; } = new Box(0, 1, 1);

        public Space ActionSpace { get; } = new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random) => observation[0] = random.NextInt(0, 2);

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            _counter.Step();
            observation[0] = random.NextInt(0, 2);
            return new StepResult(action[0], false, false);
        }

        public void Dispose() => _counter.End(this);
    }
}
