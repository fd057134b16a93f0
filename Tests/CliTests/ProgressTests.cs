using Cli.Output;
using Xunit;

namespace Tests.CliTests;

public sealed class ProgressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_NewRun_SaysWhatItTrainsAndTellsItsEvaluations()
    {
        (int code, _, string error) = await AgentsProcess.RunAsync(
            [],
            TestContext.Current.CancellationToken,
            "train",
            "CartPole-v1",
            "--steps",
            "4096",
            "--seed",
            "7",
            "--core",
            "gru",
            "--set",
            "ppo.learning_rate=0.0003",
            "evaluation.every_steps=2048",
            "--out",
            _folder.In("run")
        );

        Assert.True(code == 0, error);
        Assert.Contains("Training ppo on CartPole-v1 for 4,096 steps, seed 7", error, StringComparison.Ordinal);
        Assert.Contains("folder    " + _folder.In("run"), error, StringComparison.Ordinal);
        Assert.Contains("tuned for CartPole-v1; changed: ", error, StringComparison.Ordinal);
        Assert.Contains("ppo.learning_rate=0.0003", error, StringComparison.Ordinal);
        Assert.Contains("layers 64 + 64 (tanh), memory gru of 64", error, StringComparison.Ordinal);
        Assert.Contains("59,075 parameters", error, StringComparison.Ordinal);
        Assert.Contains("engine    managed; 8 copies", error, StringComparison.Ordinal);
        Assert.Contains("Evaluation after 2,048 steps: mean return ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_SeveralSeeds_SaysOnceWhatTheyHaveInCommon()
    {
        (int code, _, string error) = await AgentsProcess.RunAsync(
            [],
            TestContext.Current.CancellationToken,
            "train",
            "CartPole-v1",
            "--steps",
            "512",
            "--seeds",
            "3-5",
            "--out",
            _folder.In("runs")
        );

        Assert.True(code == 0, error);
        Assert.Equal(2, error.Split("  network   ").Length);
        for (int seed = 3; seed <= 5; seed++)
        {
            Assert.Contains(
                $"Training ppo on CartPole-v1 for 512 steps, seed {seed}, in {_folder.In("runs", $"seed-{seed}")}",
                error,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData(100, "1 of 2 steps, return 3, 0:01 left")]
    [InlineData(25, "1 of 2 steps, return 3")]
    [InlineData(24, "1 of 2 steps, return 3")]
    [InlineData(23, "1 of 2 steps, return 3")]
    [InlineData(21, "1 of 2 steps")]
    [InlineData(5, "1 of ")]
    [InlineData(0, "")]
    public void Fit_NarrowTerminal_KeepsTheFirstParts(int width, string line) =>
        Assert.Equal(line, ProgressLines<int>.Fit(["1 of 2 steps", "return 3", "0:01 left"], width));
}
