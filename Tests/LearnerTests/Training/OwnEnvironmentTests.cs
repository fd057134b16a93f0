using Agents.Policies;
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

/// <summary>Environments of users: classes, with and without a saved form, and without a step limit.</summary>
public sealed class OwnEnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    private static TrainingSettings Settings(string id) =>
        new()
        {
            Environment = id,
            TotalSteps = 1_024,
            Agent = new PpoSettings { Copies = 2, UnrollLength = 64 },
            Evaluation = new EvaluationSettings
            {
                Episodes = 2,
                FinalEpisodes = 2,
                MaxEpisodeSteps = 30,
            },
        };

    private TrainingOptions Options(string name, IProgress<TrainingProgress>? progress = null) =>
        new()
        {
            OutputFolder = _folder.In(name),
            Registry = _registry,
            Warn = _warnings.Add,
            Progress = progress,
        };

    [Fact]
    public async Task TrainAsync_ClassWithAList_TrainsWarnsAndResumesWithNewEpisodes()
    {
        _registry.Register("Walk-v0", () => new Walk(), spec => spec with { MaxEpisodeSteps = 20 });

        await Trainer.TrainAsync(Settings("Walk-v0"), Options("run"), TestContext.Current.CancellationToken);
        TrainingResult longer = await Trainer.ResumeAsync(
            _folder.In("run"),
            ["total_steps=2048"],
            Options("run"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(2_048, longer.EnvironmentSteps);
        Assert.Contains(_warnings, warning => warning.Contains("begins new episodes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResumeAsync_ClassThatSavesItself_ContinuesBitForBit()
    {
        _registry.Register("Walk-v1", () => new SavableWalk(), spec => spec with { MaxEpisodeSteps = 20 });
        TrainingResult straight = await Trainer.TrainAsync(
            Settings("Walk-v1"),
            Options("straight"),
            TestContext.Current.CancellationToken
        );
        using var cancellation = new CancellationTokenSource();
        TrainingResult half = await Trainer.TrainAsync(
            Settings("Walk-v1"),
            Options("half", new StopAtOnce(cancellation)),
            cancellation.Token
        );
        Assert.True(half.Interrupted);

        TrainingResult resumed = await Trainer.ResumeAsync(
            half.RunFolder,
            [],
            Options("half"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task TrainAsync_TaskThatNeverEnds_IsCutOffByTheEvaluation()
    {
        _registry.Register("Endless-v0", () => new SavableWalk());

        TrainingResult result = await Trainer.TrainAsync(
            Settings("Endless-v0"),
            Options("run"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(30, result.Evaluation!.MeanLength);
    }

    [Fact]
    public async Task TrainAsync_FailureBeforeTheFirstCheckpoint_LeavesTheFolderFree()
    {
        _registry.Register("Choice-v0", () => new Unsupported());
        _registry.Register("Walk-v1", () => new SavableWalk(), spec => spec with { MaxEpisodeSteps = 20 });

        await Assert.ThrowsAnyAsync<Exception>(() => Trainer.TrainAsync(Settings("Choice-v0"), Options("run")));
        TrainingResult second = await Trainer.TrainAsync(
            Settings("Walk-v1"),
            Options("run"),
            TestContext.Current.CancellationToken
        );

        Assert.False(second.Interrupted);
    }

    [Fact]
    public async Task Evaluate_ShortAndLongEpisodes_CountsThemAlike()
    {
        _registry.Register("Uneven-v0", () => new Uneven());
        TrainingResult result = await Trainer.TrainAsync(
            Settings("Uneven-v0") with
            {
                TotalSteps = 128,
            },
            Options("run"),
            TestContext.Current.CancellationToken
        );
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);

        EvaluationResult evaluation = Evaluator.Evaluate(policy, episodes: 32, seed: 1, registry: _registry);

        // One episode in two lasts 100 steps; counting whatever ends first would give a mean near 1.
        Assert.InRange(evaluation.MeanReturn, 30, 70);
    }

    /// <summary>Lasts 1 or 100 steps with equal chance, and pays 1 a step.</summary>
    private struct Uneven : IEnvironment
    {
        private int _left;

        public readonly Space ObservationSpace => new Box(-1, 1, 1);

        public readonly Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _left = random.NextInt(0, 2) == 0 ? 1 : 100;
            observation[0] = 0;
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            observation[0] = 0;
            return new StepResult(1, --_left == 0);
        }
    }

    private sealed class StopAtOnce(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => source.Cancel();
    }

    private class Walk : IEnvironment
    {
        protected List<float> Path { get; } = [];

        public Space ObservationSpace { get; } = new Box(-100, 100, 1);

        public Space ActionSpace { get; } = new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            Path.Clear();
            Path.Add((float)random.NextUniform(-1, 1));
            observation[0] = Path[^1];
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            Path.Add(Path[^1] + action[0] - 0.5f);
            observation[0] = Math.Clamp(Path[^1], -100, 100);
            return new StepResult(-Math.Abs(observation[0]));
        }
    }

    private sealed class SavableWalk : Walk, ISavableEnvironment
    {
        public void SaveState(StateDictionary state) => state.Set<float>("path", Path.ToArray());

        public void LoadState(StateDictionary state)
        {
            Path.Clear();
            Path.AddRange(state.GetArray<float>("path"));
        }
    }

    private sealed class Unsupported : IEnvironment
    {
        public Space ObservationSpace { get; } = new Box(-1, 1, 1);

        public Space ActionSpace { get; } = new Dict(KeyValuePair.Create<string, Space>("a", new Discrete(2)));

        public void Reset(Span<float> observation, ref Pcg64 random) => observation[0] = 0;

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) => new(0);
    }
}
