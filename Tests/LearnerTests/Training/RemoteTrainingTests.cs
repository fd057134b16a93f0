using Environments;
using Learners.Training;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class RemoteTrainingTests
{
    [Fact]
    public async Task Train_PpoOnCartPoleInPython_ReachesTheBarOfTheNativeEnvironment()
    {
        using var folder = new TemporaryFolder();
        TrainingSettings native = TrainingSettings.For("CartPole-v1");
        TrainingSettings settings = TrainingSettings.For(PythonCases.Id("CartPole")) with
        {
            Ppo = native.Ppo,
            Wrappers = native.Wrappers,
            Network = native.Network,
            TotalSteps = native.TotalSteps,
        };
        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = Path.Combine(folder.Path, "run") }
        );

        Assert.True(result.Evaluation!.MeanReturn >= 475, $"The mean return is {result.Evaluation.MeanReturn}.");
    }

    [Fact]
    public async Task Train_ServerDiesInTheMiddle_GoesOnToTheEnd()
    {
        using var folder = new TemporaryFolder();
        string once = Path.Combine(folder.Path, "once");
        TrainingSettings settings = TrainingSettings.For(PythonCases.Id($"Dies?at=100&once={once}")) with
        {
            TotalSteps = 4_096,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 2 },
        };
        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = Path.Combine(folder.Path, "run") }
        );

        Assert.True(File.Exists(once));
        Assert.Equal(4_096, result.EnvironmentSteps);
    }

    [Fact]
    public async Task Train_PythonRaises_StopsWithTheOneLineReason()
    {
        using var folder = new TemporaryFolder();
        TrainingSettings settings = TrainingSettings.For(PythonCases.Id("Raises?at=300")) with { TotalSteps = 100_000 };
        EnvironmentFaultException fault = await Assert.ThrowsAsync<EnvironmentFaultException>(() =>
            Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = Path.Combine(folder.Path, "run") })
        );

        Assert.Contains("raised ValueError: the pole is on fire in step 300", fault.Message);
    }
}
