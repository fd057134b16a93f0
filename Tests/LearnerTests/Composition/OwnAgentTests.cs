using Agents.Policies;
using Agents.Yaml;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.Ppo;
using Learners.Training;
using OwnAgent;
using Protos;
using Tests.FleetTests;
using Xunit;

namespace Tests.LearnerTests.Composition;

/// <summary>An agent that the framework does not know: the sample's, and others of a few lines.</summary>
public sealed class OwnAgentTests : IDisposable
{
    private static readonly TrainingSettings Hill = new()
    {
        Environment = "CartPole-v1",
        Seed = 3,
        TotalSteps = 64 * 256,
        Agent = new HillSettings { Copies = 4, UnrollLength = 64 },
        Evaluation = new() { Episodes = 2, FinalEpisodes = 4 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_OwnAgent_LearnsAndSavesAPolicy()
    {
        TrainingSettings settings = Hill with
        {
            TotalSteps = 200_000,
            Agent = new HillSettings(),
            Evaluation = new() { Episodes = 0, FinalEpisodes = 20 },
        };

        TrainingResult result = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") });

        Assert.True(result.Evaluation!.MeanReturn > 100, $"The mean return is {result.Evaluation.MeanReturn}."); // chance: 22
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal("hill", policy.Info.Agent);
        Assert.Empty(policy.Network.HiddenSizes!);
        MetricsTable metrics = MetricsTable.Read(Path.Combine(result.RunFolder, "metrics.csv"));
        Assert.NotEmpty(metrics.Column("hill/best_score").Values);
        Assert.NotEmpty(metrics.Column("charts/episodic_return").Values);
    }

    [Fact]
    public async Task ResumeAsync_OwnAgent_EndsWithTheSameParametersAsStraight()
    {
        AgentRegistry agents = AgentRegistry.Default.Copy();
        agents.Register(new HillClimbing());
        TrainingResult straight = await Trainer.TrainAsync(Hill, new TrainingOptions { OutputFolder = _folder.In("straight") });
        using var cancellation = new CancellationTokenSource();
        var half = new TrainingOptions { OutputFolder = _folder.In("halves"), Progress = new StopAt(8_192, cancellation) };
        Assert.True((await Trainer.TrainAsync(Hill, half, cancellation.Token)).Interrupted);

        SettingsException unknown = await Assert.ThrowsAsync<SettingsException>(() => Trainer.ResumeAsync(_folder.In("halves")));
        TrainingResult resumed = await Trainer.ResumeAsync(_folder.In("halves"), [], new TrainingOptions { Agents = agents });

        Assert.Contains("There is no agent 'hill'", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
        Assert.Equal(64 * 256, resumed.EnvironmentSteps);
    }

    [Fact]
    public async Task LearnAsync_OwnAgentInLockStep_GivesTheParametersOfOneProcess()
    {
        using var fleet = new FleetRun(_folder);
        TrainingSettings settings = Hill with { Fleet = new FleetSettings { LockStep = true } };

        TrainingResult alone = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("alone") });
        (TrainingResult together, _) = await fleet.RunAsync(settings);

        Assert.Equal(alone.ParameterHash, together.ParameterHash);
    }

    [Fact]
    public async Task LearnAsync_OwnAgentOfTwoActors_TakesEveryStep()
    {
        using var fleet = new FleetRun(_folder);
        Task<TrainingResult> learning = fleet.LearnAsync(Hill with { Fleet = new FleetSettings { CopiesPerActor = 2 } });
        Task acting = Task.WhenAll(fleet.ActAsync("one"), fleet.ActAsync("two"));

        TrainingResult result = await learning;
        await acting;

        Assert.Equal(Hill.TotalSteps, result.EnvironmentSteps);
        Assert.NotEqual(0, result.Updates);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0.5, false)]
    public async Task TrainAsync_AgentOverAnother_LearnsFromWhatItsSourceMakesOfTheUnrolls(float scale, bool same)
    {
        TrainingSettings ppo = Hill with
        {
            TotalSteps = 4_096,
            Agent = new PpoSettings { Copies = 4, UnrollLength = 64 },
        };
        TrainingSettings scaled = ppo with { Agent = new ScaledSettings { Scale = scale } };

        TrainingResult first = await Trainer.TrainAsync(ppo, new TrainingOptions { OutputFolder = _folder.In("ppo") });
        TrainingResult second = await Trainer.TrainAsync(scaled, new TrainingOptions { OutputFolder = _folder.In("scaled") });

        Assert.Equal(same, first.ParameterHash == second.ParameterHash);
    }

    [Theory]
    [InlineData(Misdeed.PullsTwice, "The learner pulled a second unroll before it returned from AdvanceAsync")]
    [InlineData(Misdeed.GivesUp, "The learner of bad gave up at step 0, though nobody stopped the run")]
    [InlineData(Misdeed.MeasuresInSecret, "The table has no column 'bad/secret'")]
    public async Task TrainAsync_LearnerThatBreaksItsContract_IsTold(Misdeed misdeed, string message)
    {
        TrainingSettings settings = Hill with { Agent = new BadSettings { Misdeed = misdeed } };

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() =>
            Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") })
        );

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OwnMistake_NamesTheKeyOfTheSection()
    {
        SettingsException error = Assert.Throws<SettingsException>(() =>
            StrictYaml.Validate(Hill with { Agent = new BadSettings { Misdeed = Misdeed.None } }, "", "settings")
        );

        Assert.Equal("settings: bad.misdeed: an agent without one is not bad.", error.Message);
    }

    private sealed class StopAt(long steps, CancellationTokenSource cancellation) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.EnvironmentSteps >= steps)
            {
                cancellation.Cancel();
            }
        }
    }

    /// <summary>PPO, whose rewards are scaled on their way to the learner.</summary>
    private sealed class Scaled : Agent
    {
        public override string Name => "scaled";

        public override string Description => "PPO of other rewards";

        public override AgentSettings Defaults => new ScaledSettings();

        public override ILearner CreateLearner(LearnerContext context)
        {
            ScaledSettings own = context.Settings.Of<ScaledSettings>();
            var ppo = new PpoSettings { Copies = own.Copies, UnrollLength = own.UnrollLength };
            return new PpoAgent().CreateLearner(
                context with
                {
                    Settings = context.Settings with { Agent = ppo },
                    Experience = new Source(context.Experience, own.Scale),
                }
            );
        }

        private sealed class Source(IExperienceSource inner, float scale) : IExperienceSource
        {
            public double Progress => inner.Progress;

            public async ValueTask<Unroll?> NextAsync(CancellationToken stop)
            {
                Unroll? unroll = await inner.NextAsync(stop);
                for (int i = 0; i < unroll?.Rewards.Length; i++)
                {
                    unroll.Rewards[i] *= scale;
                }
                return unroll;
            }
        }
    }

    private sealed record ScaledSettings : AgentSettings
    {
        public override Agent Agent => new Scaled();

        public override int Copies { get; init; } = 4;

        public override int UnrollLength { get; init; } = 64;

        public override float DiscountFactor { get; init; } = 0.99f;

        public float Scale { get; init; } = 1;
    }
}
