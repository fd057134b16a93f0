using Agents.Networks;
using Agents.Yaml;
using Learners.Acktr;
using Learners.Composition;
using Learners.Configuration;
using Learners.Optimizers.Kfac;
using Learners.Ppo;
using Learners.Training;
using Tests.FleetTests;
using Tests.LearnerTests.Training;
using Xunit;

namespace Tests.LearnerTests.Acktr;

public sealed class AcktrTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void For_Acktr_HasThePapersDefaults()
    {
        TrainingSettings settings = TunedSettings.For("FrozenLake-v1", "acktr");

        Assert.Equal(640, settings.Agent.StepsPerUnroll);
        KfacSettings kfac = Assert.IsType<KfacSettings>(settings.Of<AcktrSettings>().Optimizer);
        Assert.Equal(0.25f, settings.Of<AcktrSettings>().LearningRate);
        Assert.Equal(0.001, kfac.KlClip);
        Assert.Equal(0.01, kfac.Damping);
    }

    [Fact]
    public void Load_KfacSettings_ComeFromAssignmentsAndUnknownOnesAreErrors()
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "ppo",
            null,
            ["ppo.optimizer=kfac", "ppo.kfac.damping_kind=factored", "ppo.kfac.bias=split", "ppo.kfac.shared_uses=summed"]
        );

        KfacSettings kfac = Assert.IsType<KfacSettings>(settings.Of<PpoSettings>().Optimizer);
        Assert.Equal(DampingKind.Factored, kfac.DampingKind);
        Assert.Equal(BiasKind.Split, kfac.Bias);
        Assert.Equal(SharedUses.Summed, kfac.SharedUses);
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("CartPole-v1", "acktr", null, ["acktr.kfac.dampings=1"])
        );
        Assert.Contains("damping", exception.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<SettingsException>(() => SettingsSources.Load("CartPole-v1", "acktr", null, ["acktr.kfac.kl_clip=0"]));
    }

    [Theory]
    [InlineData("CartPole-v1", "acktr", EngineKind.Managed)]
    [InlineData("CartPole-v1", "acktr", EngineKind.Torch)]
    public async Task TrainAsync_CartPole_Learns(string environment, string agent, EngineKind engine)
    {
        TrainingSettings settings = TunedSettings.For(environment, agent) with { TotalSteps = 80_000, Engine = engine };

        TrainingResult result = await TrainAsync(settings, "run");

        Assert.True(result.BestReturn > 300, $"best evaluation {result.BestReturn}");
        string header = File.ReadLines(_folder.In("run", "metrics.csv")).First();
        Assert.Contains("kfac/predicted_kl", header, StringComparison.Ordinal);
        Assert.Contains("kfac/largest_eigenvalue/actor.encoder.1", header, StringComparison.Ordinal);
        string[] names = header.Split(',');
        string[][] rows = [.. File.ReadLines(_folder.In("run", "metrics.csv")).Skip(1).Select(line => line.Split(','))];
        foreach (string tag in (string[])["kfac/predicted_kl", "kfac/measured_policy_kl", "kfac/trust_region_scale"])
        {
            Assert.Contains(rows, cells => cells[Array.IndexOf(names, tag)].Length > 0);
        }
    }

    [Theory]
    [InlineData("CartPole-v1", "identity")]
    [InlineData("Pendulum-v1", "identity")]
    [InlineData("CartPoleNoVel-v1", "lstm")]
    [InlineData("CartPoleNoVel-v1", "gru")]
    public async Task ResumeAsync_InterruptedHalfway_EndsWithTheSameParametersAsStraight(string environment, string core)
    {
        TrainingSettings settings = Small(environment, core);
        TrainingResult straight = await TrainAsync(settings, "straight");
        using var cancellation = new CancellationTokenSource();
        var stop = new StopAt(3_200, cancellation);
        TrainingResult half = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("halves"), Progress = stop },
            cancellation.Token
        );
        Assert.True(half.Interrupted);

        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("halves"),
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(40, resumed.Updates);
        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
    }

    [Theory]
    [InlineData("ppo")]
    [InlineData("impala")]
    [InlineData("a2c")]
    public async Task TrainAsync_KfacUnderAnotherAgent_RunsToTheEnd(string agent)
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            agent,
            null,
            [$"{agent}.optimizer=kfac", $"{agent}.learning_rate=0.05", "total_steps=6000", "evaluation.episodes=0"]
        );

        TrainingResult result = await TrainAsync(settings, "run");

        Assert.NotNull(result.Evaluation);
    }

    [Fact]
    public async Task TrainAsync_RemoteActor_LearnsFromItsUnrolls()
    {
        using var run = new FleetRun(_folder);
        TrainingSettings settings = FleetRun.Small with
        {
            Agent = new AcktrSettings
            {
                Copies = 4,
                UnrollLength = 8,
                Optimizer = new KfacSettings { ColdUpdates = 2 },
            },
        };

        (TrainingResult result, _) = await run.RunAsync(settings);

        Assert.Equal(50, result.Updates);
        Assert.Empty(run.Warnings);
    }

    private static TrainingSettings Small(string environment, string core) =>
        new()
        {
            Environment = environment,
            Seed = 4,
            TotalSteps = 6_400,
            Network = new NetworkSettings
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
            },
            Agent = new AcktrSettings
            {
                Copies = 8,
                Optimizer = new KfacSettings { ColdUpdates = 3 },
            },
            Evaluation = new() { Episodes = 0, FinalEpisodes = 4 },
        };

    private Task<TrainingResult> TrainAsync(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}
