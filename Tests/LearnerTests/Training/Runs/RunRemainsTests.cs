using Agents.Kernels;
using Chaos.Artefacts;
using Environments.State;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>What a run tells of its folder and of the processor it ran on.</summary>
public sealed class RunRemainsTests : IDisposable
{
    private static readonly TrainingSettings Base = TunedSettings.For("CartPole-v1");
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    private static TrainingSettings Settings =>
        Base with
        {
            TotalSteps = 4_096,
            Agent = Base.Of<PpoSettings>() with { UnrollLength = 16, Epochs = 1 },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
            Checkpoints = new CheckpointSettings { EverySteps = 1_024 },
        };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_FolderDeletedInMidRun_SaysWhatIsLostAndCanBeContinued()
    {
        using var ending = new CancellationTokenSource();
        var options = new TrainingOptions
        {
            OutputFolder = _folder.In("run"),
            Warn = _warnings.Add,
            Progress = new At((1_024, () => Directory.Delete(_folder.In("run"), recursive: true)), (2_560, ending.Cancel)),
        };

        TrainingResult result = await Trainer.TrainAsync(Settings, options, ending.Token);

        Assert.True(result.Interrupted);
        Assert.Equal(["earlier checkpoints", "metrics", "settings"], result.Lost.Order());
        string warning = Assert.Single(_warnings);
        Assert.Contains("Lost until step 2048: ", warning, StringComparison.Ordinal);
        TrainingResult resumed = await Trainer.ResumeAsync(_folder.In("run"));
        Assert.Equal(4_096, resumed.EnvironmentSteps);
        Assert.Empty(resumed.Lost);
        Assert.DoesNotContain(
            File.ReadLines(_folder.In("run", "metrics.csv")),
            line => line.StartsWith("1024,", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task TrainAsync_FolderThatStays_LosesNothing()
    {
        var options = new TrainingOptions { OutputFolder = _folder.In("run"), Warn = _warnings.Add };

        TrainingResult result = await Trainer.TrainAsync(Settings, options);

        Assert.Empty(result.Lost);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task ResumeAsync_OnAnotherInstructionSet_SaysThatTheParametersWillDiffer()
    {
        using var ending = new CancellationTokenSource();
        var options = new TrainingOptions
        {
            OutputFolder = _folder.In("run"),
            Warn = _warnings.Add,
            Progress = new At((1_024, ending.Cancel)),
        };
        await Trainer.TrainAsync(Settings, options, ending.Token);
        await Trainer.ResumeAsync(_folder.In("run"), ["total_steps=1152"], new TrainingOptions { Warn = _warnings.Add });
        Assert.DoesNotContain(_warnings, line => line.Contains("computed with", StringComparison.Ordinal));

        string checkpoint = ArtefactSamples.NewestCheckpoint(_folder.In("run"));
        StateDictionary state = CheckpointStore.Load(checkpoint);
        Assert.Equal(InstructionSet.Name, new string(state.GetArray<char>("instruction_set")));
        state.Set<char>("instruction_set", "Arm64, vectors of 128 bits");
        ArtefactSamples.SaveState(checkpoint, state);
        await Trainer.ResumeAsync(_folder.In("run"), ["total_steps=1280"], new TrainingOptions { Warn = _warnings.Add });

        Assert.Contains(
            _warnings,
            line =>
                line.Contains(
                    $"with Arm64, vectors of 128 bits until now and goes on with {InstructionSet.Name}",
                    StringComparison.Ordinal
                )
        );
    }

    private sealed class At(params (long Steps, Action Do)[] events) : IProgress<TrainingProgress>
    {
        private int _next;

        public void Report(TrainingProgress value)
        {
            while (_next < events.Length && value.EnvironmentSteps >= events[_next].Steps)
            {
                events[_next++].Do();
            }
        }
    }
}
