using System.Diagnostics;
using Agents.Networks;
using Environments.Processes;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Tests.CodeTests;
using Tests.Waits;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class EngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public async Task TrainAsync_EitherEngine_LearnsCartPole(EngineKind engine)
    {
        TrainingSettings settings = TunedSettings.For("CartPole-v1", "a2c") with { TotalSteps = 120_000, Engine = engine };

        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run") },
            TestContext.Current.CancellationToken
        );

        Assert.True(result.BestReturn > 195, $"best evaluation {result.BestReturn}");
    }

    [Fact]
    public async Task Train_ManagedEngine_NeverLoadsTheTensorLibrary()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads the libraries of a process from /proc");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"),
                "train",
                "CartPole-v1",
                "--out",
                _folder.In("run"),
                "--steps",
                "1e12",
                "--set",
                "evaluation.episodes=0",
                "checkpoints.every_steps=10000",
            ]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            // A checkpoint beyond the first one says that it is training.
            var checkpoints = new CheckpointStore(_folder.In("run", "checkpoints"), keep: 3);
            await Deadline.UntilAsync(() => checkpoints.List() is [(> 0, _), ..] || process.HasExited);

            string libraries = await File.ReadAllTextAsync($"/proc/{process.Id}/maps", TestContext.Current.CancellationToken);

            Assert.Contains(ProductAssembly.NameOf("Learners") + ".dll", libraries, StringComparison.Ordinal);
            Assert.DoesNotContain("libtorch", libraries, StringComparison.Ordinal);
        }
        finally
        {
            ChildProcess.Kill(process);
        }
    }
}
