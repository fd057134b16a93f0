using Actors.Fleet;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Wrappers;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Impala;
using Learners.Training;
using Tests.ActorTests.Fleet;
using Xunit;

namespace Tests.FleetTests;

/// <summary>In lock step a learner and its actor compute what one process computes, bit for bit.</summary>
public sealed class LockStepTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("identity", 0)]
    [InlineData("identity", 1)]
    [InlineData("lstm", 0)]
    [InlineData("lstm", 1)]
    [InlineData("gtrxl", 0)]
    [InlineData("identity", 0, true)]
    [InlineData("identity", 1, true)]
    [InlineData("lstm", 1, true)]
    public async Task TrainAsync_LockStep_EndsWithTheParametersOfOneProcess(string core, int lag, bool normalize = false)
    {
        TrainingSettings settings = Settings(core, lag, normalize);
        TrainingResult alone = await AloneAsync(settings);

        // Clocks that jump between the years change nothing.
        using var run = new FleetRun(_folder, lag == 1 ? SteadyTime.Jumping : null);
        (TrainingResult fleet, _) = await run.RunAsync(settings);

        Assert.Equal(50, fleet.Updates);
        Assert.Equal(alone.ParameterHash, fleet.ParameterHash);
    }

    /// <summary>The actor draws and shows skills, the learner rewards them.</summary>
    [Fact]
    public async Task TrainAsync_Skills_AreDrawnByTheActorAsInOneProcess()
    {
        TrainingSettings settings = Settings("identity", 0, normalize: false);
        settings = settings with
        {
            Wrappers = settings.Wrappers with { Skills = 3 },
            Agent = settings.Of<ImpalaSettings>() with { Auxiliary = [new DiaynSettings()] },
        };
        TrainingResult alone = await AloneAsync(settings);
        using var run = new FleetRun(_folder);

        (TrainingResult fleet, _) = await run.RunAsync(settings);

        Assert.Equal(50, fleet.Updates);
        Assert.Equal(alone.ParameterHash, fleet.ParameterHash);
        using SavedPolicy policy = SavedPolicy.Load(fleet.PolicyFolder);
        Assert.Equal(3, policy.Info.Skills);
    }

    /// <summary>α reaches the actor as a parameter, and what an earlier policy remembers travels with the unrolls.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task TrainAsync_Curriculum_EndsWithTheParametersOfOneProcess(int lag)
    {
        TrainingSettings settings = Settings("lstm", lag);
        var curriculum = new CurriculumSettings
        {
            Stages = [new StageSettings { Core = "gru", CoreSize = 5 }, new StageSettings { Core = "identity" }],
            SharedValue = false,
            Schedule =
            [
                [0, 0],
                [0.9f, 2],
            ],
        };
        settings = settings with { Agent = settings.Of<ImpalaSettings>() with { Auxiliary = [curriculum] } };
        TrainingResult alone = await AloneAsync(settings);
        using var run = new FleetRun(_folder, lag == 1 ? SteadyTime.Jumping : null);

        (TrainingResult fleet, _) = await run.RunAsync(settings);

        Assert.Equal(50, fleet.Updates);
        Assert.Equal(alone.ParameterHash, fleet.ParameterHash);
        using SavedPolicy policy = SavedPolicy.Load(fleet.PolicyFolder);
        var spec = new NetworkSpec(policy.ObservationSpace, policy.ActionSpace, policy.Network);
        Assert.Equal(2, policy.Parameters[new ParameterLayout(spec)[MixturePlan.Alpha].Offset]);
        // It differs from the run of another schedule, so that α has been more than a number at the end.
        TrainingSettings still = settings with
        {
            Agent = settings.Of<ImpalaSettings>() with { Auxiliary = [curriculum with { Schedule = null, Alpha = 2 }] },
        };
        Assert.NotEqual(alone.ParameterHash, (await AloneAsync(still, "still")).ParameterHash);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(0, true, true)]
    [InlineData(1, false, true)]
    public async Task ResumeAsync_LockStep_EndsAsIfTheLearnerHadNeverStopped(int lag, bool journal, bool normalize = false)
    {
        TrainingSettings settings = Settings("lstm", lag, normalize);
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
        Task<ActorResult> acting = run.ActAsync("actor");
        Assert.True((await learning).Interrupted);

        TrainingResult fleet = await run.ResumeAsync();

        Assert.True((await acting).RunCompleted);
        Assert.Equal(50, fleet.Updates);
        Assert.Equal(alone.ParameterHash, fleet.ParameterHash);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(1, false, true)]
    [InlineData(1, true, true)]
    public async Task ResumeAsync_LockStepFromAnOlderCheckpoint_GoesOnAndIsExactWithAJournal(
        int lag,
        bool journal,
        bool normalize = false
    )
    {
        TrainingSettings settings = Settings("identity", lag, normalize);
        settings = settings with
        {
            Fleet = settings.Fleet with { Journal = journal },
            Checkpoints = new CheckpointSettings { EverySteps = 320 },
        };
        using var run = new FleetRun(_folder);
        using var stop = new CancellationTokenSource();
        run.Updated = progress =>
        {
            if (progress.Updates == 25)
            {
                stop.Cancel();
            }
        };
        Task<TrainingResult> learning = run.LearnAsync(settings, stop.Token);
        Task<ActorResult> acting = run.ActAsync("actor");
        await learning;
        // As if it had been killed: what was learned since update 20 is gone, and its actor does not have it any more.
        Directory.Delete(_folder.In("run", "checkpoints", "000000000800"), recursive: true);

        TrainingResult fleet = await run.ResumeAsync();

        Assert.Equal((true, 0), ((await acting).RunCompleted, (await acting).Restarts));
        Assert.Equal(50, fleet.Updates);
        if (journal)
        {
            Assert.Equal((await AloneAsync(settings)).ParameterHash, fleet.ParameterHash);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task TrainAsync_LockStepEnvironmentThrows_GoesOnWithNewOnes(int lag)
    {
        EnvironmentRegistry registry = WatchedEnvironment.Register(step =>
        {
            if (step == 300)
            {
                throw new InvalidOperationException("the simulator crashed");
            }
        });
        using var run = new FleetRun(_folder) { Registry = registry };

        (TrainingResult fleet, ActorResult actor) = await run.RunAsync(
            Settings("identity", lag) with
            {
                Environment = "Watched-v0",
            }
        );

        Assert.Equal((50, 1), (fleet.Updates, actor.Restarts));
    }

    private static TrainingSettings Settings(string core, int lag, bool normalize = false) =>
        FleetRun.Small with
        {
            Wrappers = new WrapperSettings { NormalizeObservations = normalize },
            Network = new NetworkSettings
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
            },
            Agent = FleetRun.Small.Of<ImpalaSettings>() with { PolicyLag = lag },
            Fleet = new FleetSettings { LockStep = true },
        };

    private Task<TrainingResult> AloneAsync(TrainingSettings settings, string folder = "alone") =>
        Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In(folder) });
}
