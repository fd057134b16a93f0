using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Training;
using Learners.Vmpo;
using Xunit;

namespace Tests.LearnerTests.Vmpo;

/// <summary>V-MPO learns, on both engines and with either kind of action.</summary>
public sealed class VmpoTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_CartPole_BalancesWithinAHundredAndFiftyThousandSteps()
    {
        TrainingResult result = await TrainAsync(TrainingSettings.For("CartPole-v1", "vmpo"));

        Assert.InRange(result.Evaluation!.MeanReturn, 195, 500);
        Assert.Equal(150_528, result.EnvironmentSteps);
    }

    [Fact]
    public async Task TrainAsync_BothEngines_StartAlike()
    {
        TrainingSettings settings = TrainingSettings.For("CartPole-v1", "vmpo") with { TotalSteps = 8_192 };

        TrainingResult managed = await TrainAsync(settings with { Engine = EngineKind.Managed }, "managed");
        TrainingResult torch = await TrainAsync(settings with { Engine = EngineKind.Torch }, "torch");

        Assert.Equal(64, managed.Updates);
        Assert.Equal(managed.Updates, torch.Updates);
        Assert.InRange(torch.Evaluation!.MeanReturn, 0.4 * managed.Evaluation!.MeanReturn, 2.5 * managed.Evaluation.MeanReturn);
    }

    [Fact]
    public async Task TrainAsync_PopArtAndContinuousActions_StaysFinite()
    {
        TrainingSettings settings = TrainingSettings.For("Pendulum-v1", "vmpo") with
        {
            TotalSteps = 8_192,
            Vmpo = new VmpoSettings { PopArt = true, TargetPeriod = 2 },
        };

        TrainingResult result = await TrainAsync(settings);

        Assert.True(double.IsFinite(result.Evaluation!.MeanReturn));
        string[] rows = await File.ReadAllLinesAsync(_folder.In("run", "metrics.csv"), TestContext.Current.CancellationToken);
        string[] columns = rows[0].Split(',');
        foreach (
            string tag in (string[])["losses/kl_mean", "losses/kl_deviation", "losses/multiplier_mean", "losses/return_scale"]
        )
        {
            int column = Array.IndexOf(columns, tag);
            Assert.True(column > 0, tag);
            Assert.True(
                double.IsFinite(double.Parse(rows[1].Split(',')[column], System.Globalization.CultureInfo.InvariantCulture))
            );
        }
    }

    [Theory]
    [InlineData(1000, 10)]
    [InlineData(1_000_000, 100)]
    public async Task TrainAsync_PopArtAndReturnsFarFromZero_LearnsTheirValue(float offset, float gain)
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Offset-v0", () => new Choice(offset, gain));
        TrainingSettings settings = new()
        {
            Environment = "Offset-v0",
            Agent = "vmpo",
            TotalSteps = 50_000,
            Vmpo = new VmpoSettings { PopArt = true },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 20 },
        };

        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = registry },
            TestContext.Current.CancellationToken
        );

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        PolicySession session = policy.CreateSession();
        Assert.Equal(1, session.Act([0])[0]);
        Assert.Equal(offset + gain, session.Output.Values[0], gain / 5);
    }

    private Task<TrainingResult> TrainAsync(TrainingSettings settings, string name = "run") =>
        Trainer.TrainAsync(
            settings with
            {
                Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 20 },
            },
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );

    /// <summary>One action an episode, 0 or 1, which pays an offset and a gain for 1.</summary>
    private readonly struct Choice(float offset, float gain) : IEnvironment
    {
        public Space ObservationSpace => new Box(-1, 1, 1);

        public Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random) => observation[0] = 0;

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            observation[0] = 0;
            return new StepResult(offset + gain * action[0], true);
        }
    }
}
