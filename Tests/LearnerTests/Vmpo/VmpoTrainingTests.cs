using Agents.Networks;
using Learners.Composition;
using Learners.Configuration;
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
        TrainingResult result = await TrainAsync(TunedSettings.For("CartPole-v1", "vmpo"));

        Assert.InRange(result.Evaluation!.MeanReturn, 195, 500);
        Assert.Equal(150_528, result.EnvironmentSteps);
    }

    [Fact]
    public async Task TrainAsync_BothEngines_StartAlike()
    {
        TrainingSettings settings = TunedSettings.For("CartPole-v1", "vmpo") with { TotalSteps = 8_192 };

        TrainingResult managed = await TrainAsync(settings with { Engine = EngineKind.Managed }, "managed");
        TrainingResult torch = await TrainAsync(settings with { Engine = EngineKind.Torch }, "torch");

        Assert.Equal(64, managed.Updates);
        Assert.Equal(managed.Updates, torch.Updates);
        Assert.InRange(torch.Evaluation!.MeanReturn, 0.4 * managed.Evaluation!.MeanReturn, 2.5 * managed.Evaluation.MeanReturn);
    }

    [Fact]
    public async Task TrainAsync_PopArtAndContinuousActions_StaysFinite()
    {
        TrainingSettings settings = TunedSettings.For("Pendulum-v1", "vmpo") with
        {
            TotalSteps = 8_192,
            Agent = new VmpoSettings { PopArt = true, TargetPeriod = 2 },
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

    private Task<TrainingResult> TrainAsync(TrainingSettings settings, string name = "run") =>
        Trainer.TrainAsync(
            settings with
            {
                Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 20 },
            },
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}
