using Agents.Networks;
using Learners.Composition;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class SeedTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static TrainingSettings Settings { get; } =
        new()
        {
            Environment = "CartPole-v1",
            TotalSteps = 4_096,
            Agent = new PpoSettings { Copies = 8, UnrollLength = 64 },
            Evaluation = new EvaluationSettings { Episodes = 2, FinalEpisodes = 4 },
        };

    private static CancellationToken Limit => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public async Task TrainAsync_SeveralSeedsAtOnce_GetWhatEachGetsAlone(EngineKind engine)
    {
        TrainingSettings settings = Settings with { Engine = engine };

        IReadOnlyList<SeedOutcome> outcomes = await SeedTraining.TrainAsync(settings, [3, 1, 2], 2, Options("together"), Limit);

        Assert.Equal([3UL, 1, 2], outcomes.Select(outcome => outcome.Seed));
        foreach (SeedOutcome outcome in outcomes)
        {
            TrainingResult alone = await Trainer.TrainAsync(
                settings with
                {
                    Seed = outcome.Seed,
                },
                Options("alone")(outcome.Seed),
                Limit
            );
            Assert.Equal(alone.ParameterHash, outcome.Result!.ParameterHash);
            Assert.Equal(alone.Evaluation, outcome.Result.Evaluation);
            Assert.Equal(_folder.In($"together-{outcome.Seed}"), outcome.Result.RunFolder);
        }
        Assert.Equal(3, outcomes.Select(outcome => outcome.Result!.ParameterHash).Distinct().Count());
    }

    [Fact]
    public async Task TrainAsync_OneSeedThatFails_DoesNotEndTheOthers()
    {
        Directory.CreateDirectory(_folder.In("some-2"));
        await File.WriteAllTextAsync(Path.Combine(_folder.In("some-2"), "config.yaml"), "", Limit);

        IReadOnlyList<SeedOutcome> outcomes = await SeedTraining.TrainAsync(Settings, [1, 2, 3], 1, Options("some"), Limit);

        Assert.Equal([true, false, true], outcomes.Select(outcome => outcome.Result is not null));
        Assert.Contains("already holds a run", outcomes[1].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_Cancelled_SavesWhatRunsAndBeginsNothing()
    {
        using var stop = new CancellationTokenSource();
        Func<ulong, TrainingOptions> options = Options("stopped");

        IReadOnlyList<SeedOutcome> outcomes = await SeedTraining.TrainAsync(
            Settings,
            [1, 2],
            1,
            seed => options(seed) with { Progress = new StopAt(1_024, stop) },
            stop.Token
        );

        Assert.True(outcomes[0].Result!.Interrupted);
        Assert.Equal(new SeedOutcome(2, null, null), outcomes[1]);
        TrainingResult resumed = await Trainer.ResumeAsync(_folder.In("stopped-1"), cancellationToken: Limit);
        TrainingResult straight = await Trainer.TrainAsync(Settings with { Seed = 1 }, Options("straight")(1), Limit);
        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
    }

    private Func<ulong, TrainingOptions> Options(string name) =>
        seed => new TrainingOptions { OutputFolder = _folder.In($"{name}-{seed}") };
}
