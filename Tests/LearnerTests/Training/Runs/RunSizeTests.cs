using Agents.Networks;
using Agents.Yaml;
using Chaos.Fuzzing;
using Environments;
using Environments.Spaces;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Sources;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>Spaces and settings that no machine has room for.</summary>
public sealed class RunSizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<Space, Space, string> TooLarge =>
        new()
        {
            { new Discrete(1 << 24), new Discrete(2), "A network of more than 2147483591 parameters" },
            {
                new MultiDiscrete(int.MaxValue, int.MaxValue),
                new Discrete(2),
                "The observation's integers have 4294967294 values"
            },
            { new MultiBinary(1 << 30), new Discrete(2), "observations of MultiBinary(1073741824)" },
            { new Box(0, 1, 3), new Discrete(1 << 24), "or give the environment fewer actions" },
            { new Box(0, 1, 3), new MultiBinary(1 << 30), "actions of MultiBinary" },
            {
                new Box(0, 1, 3),
                new Dict(KeyValuePair.Create<string, Space>("a", new Discrete(2))),
                "There is no policy over Dict"
            },
        };

    [Theory]
    [MemberData(nameof(TooLarge))]
    public async Task TrainAsync_SpacesWithoutRoom_AreASettingsErrorThatNamesThem(
        Space observations,
        Space actions,
        string message
    )
    {
        SettingsException error = await Assert.ThrowsAsync<SettingsException>(() =>
            Train(new TrainingSettings { Agent = new PpoSettings() }, observations, actions)
        );

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("run")));
    }

    [Theory]
    [InlineData(65_536, 1_000, 400, OptimizerName.Adam, "Lower unroll_length or copies")]
    [InlineData(8, 8, 40_000, OptimizerName.Kfac, "Kronecker factor")]
    public async Task TrainAsync_SettingsWithoutRoom_AreASettingsErrorWithTheLargestPart(
        int copies,
        int steps,
        int observations,
        OptimizerName optimizer,
        string message
    )
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "ppo",
            null,
            [$"ppo.copies={copies}", $"ppo.unroll_length={steps}", $"ppo.optimizer={optimizer.ToString().ToLowerInvariant()}"]
        );

        SettingsException error = await Assert.ThrowsAsync<SettingsException>(() =>
            Train(settings, new Box(0, 1, observations), new Discrete(2))
        );

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frame_stack=2", "only observations of a Box can be stacked")]
    [InlineData("observation_scale=0.5", "only observations of a Box can be scaled")]
    [InlineData("normalize_observations=true", "holds no real numbers to normalise")]
    public async Task TrainAsync_LayerThatDoesNotFit_IsASettingsError(string layer, string message)
    {
        TrainingSettings settings = SettingsSources.Load("CartPole-v1", "ppo", null, ["wrappers." + layer]);

        SettingsException error = await Assert.ThrowsAsync<SettingsException>(() =>
            Train(settings, new Discrete(5), new Discrete(2))
        );

        Assert.StartsWith("wrappers: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_EveryTunedRun_HasRoomOnASmallMachine()
    {
        const long Small = 4L << 30;
        foreach ((string agent, string environment) in TunedFiles.All)
        {
            TrainingSettings settings = TunedSettings.For(environment, agent);
            EnvironmentSpec spec = EnvironmentRegistry.Default.Find(environment);

            RunSize.RequireEnvironments(settings, spec, Small);
            RunSize.Require(settings, new NetworkSpec(spec.ObservationSpace, spec.ActionSpace, settings.Network), Small);
        }
    }

    /// <summary>An optimiser by its key; its own type is no test's business.</summary>
    public enum OptimizerName
    {
        Adam,
        Kfac,
    }

    private Task<TrainingResult> Train(TrainingSettings settings, Space observations, Space actions)
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.Copy();
        registry.Register("Own/Large-v0", () => new DrawnEnvironment(observations, actions));
        var options = new TrainingOptions
        {
            OutputFolder = _folder.In("run"),
            Registry = registry,
            MemoryLimit = 2L << 30,
        };
        return Trainer.TrainAsync(settings with { Environment = "Own/Large-v0" }, options, TestContext.Current.CancellationToken);
    }
}
