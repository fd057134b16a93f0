using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Networks.Cores.NormalizedLstm;
using Agents.Policies;
using Agents.Yaml;
using Environments.Spaces;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>A core has settings of its own under its name, whoever reads them.</summary>
public sealed class CoreSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("network.core=ln_lstm", "network.ln_lstm.zoneout_cell=0.25")]
    [InlineData("network.ln_lstm.zoneout_cell=0.25", "network.core=ln_lstm")]
    public void Load_OwnSection_IsThatOfTheCoreInEitherOrder(string first, string second)
    {
        NetworkSettings network = Load(first, second);

        Assert.Equal(new NormalizedLstmSettings { ZoneoutCell = 0.25f }, network.CoreSettings);
    }

    [Theory]
    [InlineData(
        "network.ln_lstm.zoneout_cell=0.25",
        "network.core=lstm",
        "It goes with network.core=ln_lstm, and the core is lstm."
    )]
    [InlineData("network.core=ln_lstm", "network.ln_lstm.zoneout_cells=0.25", "Did you mean 'network.ln_lstm.zoneout_cell'?")]
    [InlineData("network.core=ln_lstm", "network.ln_lstm.dropout=1.5", "network.ln_lstm.dropout is 1.5")]
    [InlineData("network.core=lstn", "seed=1", "there is no core 'lstn'. Did you mean 'lstm'?")]
    [InlineData("network.core=gru", "network.core_settings={}", "there is no setting 'network.core_settings'")]
    public void Load_WrongSection_SaysWhatIsWrong(string first, string second, string expected)
    {
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => Load(first, second)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SettingsOfAnotherCore_AreRefused()
    {
        var settings = new TrainingSettings
        {
            Agent = new PpoSettings(),
            Environment = "CartPole-v1",
            Network = new NetworkSettings { Core = "lstm", CoreSettings = new NormalizedLstmSettings() },
        };

        Assert.Contains(
            "the settings are those of ln_lstm",
            Assert.Throws<SettingsException>(() => StrictYaml.Validate(settings, "", "settings")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Save_OwnSection_ComesBackWithThePolicy()
    {
        var own = new NormalizedLstmSettings { ZoneoutOutput = 0.125f, Dropout = 0.5f };
        var spec = new NetworkSpec(
            new Box(-1, 1, 2),
            new Discrete(2),
            new NetworkSettings
            {
                Core = "ln_lstm",
                CoreSize = 4,
                CoreSettings = own,
            }
        );
        var info = new PolicyInfo { Agent = "ppo", Environment = "Test-v0" };
        using var saved = new SavedPolicy(info, spec, new float[new ParameterLayout(spec).Count], null);
        saved.Save(_folder.In("policy"));

        using SavedPolicy loaded = SavedPolicy.Load(_folder.In("policy"));

        Assert.Equal(own, loaded.Network.CoreSettings);
        string text = File.ReadAllText(_folder.In("policy/policy.yaml"));
        Assert.Contains("core: ln_lstm", text, StringComparison.Ordinal);
        Assert.Contains("zoneout_output: 0.125", text, StringComparison.Ordinal);
    }

    [Fact]
    public void StateLayout_PartsThatCannotBe_AreErrors()
    {
        Fails("Two parts of the state have the name 'a'", new StatePart("a", 1), new StatePart("a", 2));
        Fails("one length", new StatePart("a", 1, Length: 2), new StatePart("b", 1, Length: 3));
        Fails("outlives its episode", new StatePart("a", 1, StateLifetime.Task, Length: 2));

        static void Fails(string expected, params StatePart[] parts) =>
            Assert.Contains(
                expected,
                Assert.Throws<ArgumentException>(() => new StateLayout(parts)).Message,
                StringComparison.Ordinal
            );
    }

    private static NetworkSettings Load(params string[] assignments) =>
        SettingsSources.Load("CartPole-v1", "ppo", null, assignments).Network;
}
