using Agents.Networks;
using Learners.Fleet;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Fleet;

/// <summary>In lock step a learner and its actor compute what one process computes, bit for bit.</summary>
public sealed class LockStepTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CoreKind.Identity, 0)]
    [InlineData(CoreKind.Identity, 1)]
    [InlineData(CoreKind.Lstm, 0)]
    [InlineData(CoreKind.Lstm, 1)]
    public async Task TrainAsync_LockStep_EndsWithTheParametersOfOneProcess(CoreKind core, int lag)
    {
        TrainingSettings settings = Settings(core, lag);
        TrainingResult alone = await AloneAsync(settings);

        // Clocks that jump between the years change nothing.
        using var run = new FleetRun(_folder, lag == 1 ? SteadyTime.Jumping : null);
        (TrainingResult fleet, _) = await run.RunAsync(settings);

        Assert.Equal(50, fleet.Updates);
        Assert.Equal(alone.ParameterHash, fleet.ParameterHash);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task ResumeAsync_LockStep_EndsAsIfTheLearnerHadNeverStopped(int lag, bool journal)
    {
        TrainingSettings settings = Settings(CoreKind.Lstm, lag);
        settings = settings with { Fleet = settings.Fleet with { Journal = journal } };
        TrainingResult alone = await AloneAsync(settings);
        using var run = new FleetRun(_folder);
        using var stop = new CancellationTokenSource();
        run.Updated = progress =>
        {
            if (progress.Updates == 20)
            {
                stop.Cancel();
            }
        };
        Task<TrainingResult> learning = run.LearnAsync(settings, stop.Token);
        Task<Actors.Fleet.ActorResult> acting = run.ActAsync("actor");
        Assert.True((await learning).Interrupted);

        TrainingResult fleet = await run.ResumeAsync();

        Assert.True((await acting).RunCompleted);
        Assert.Equal(50, fleet.Updates);
        Assert.Equal(alone.ParameterHash, fleet.ParameterHash);
    }

    private static TrainingSettings Settings(CoreKind core, int lag) =>
        FleetRun.Small with
        {
            Network = new NetworkSettings
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
            },
            Impala = FleetRun.Small.Impala with { PolicyLag = lag },
            Fleet = new FleetSettings { LockStep = true },
        };

    private Task<TrainingResult> AloneAsync(TrainingSettings settings) =>
        Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("alone") });
}
