using Agents.Networks;
using Agents.Networks.Cores.Transformers;
using Agents.Programs;
using Agents.Yaml;
using Learners.Configuration;
using Xunit;

namespace Tests.AgentTests.Networks.Cores.Transformers;

public sealed class TransformerSettingsTests
{
    [Fact]
    public void Load_EverySize_ReachesTheNetwork()
    {
        NetworkSettings settings = Load(
            "network.core_size=24",
            "network.transformer={layers: 3, heads: 4, head_size: 6, feed_forward_size: 48, memory_length: 7, gate: sig_tanh, gate_bias: 0.5}"
        );

        Assert.Equal("gtrxl", settings.Core);
        Assert.Equal(24, settings.CoreSize);
        Assert.Equal(
            new TransformerSettings
            {
                Layers = 3,
                Heads = 4,
                HeadSize = 6,
                FeedForwardSize = 48,
                MemoryLength = 7,
                Gate = GateKind.SigTanh,
                GateBias = 0.5f,
            },
            settings.Transformer
        );
    }

    [Theory]
    [InlineData("network.transformer.norm=post", "network.transformer.gate: gates need norm pre")]
    [InlineData("network.core_size=33", "network.core_size: a transformer of width 33")]
    [InlineData("network.transformer.memory_length=0", "network.transformer.memory_length is 0")]
    [InlineData("network.transformer={gate: input, gate_bias: 1}", "network.transformer.gate_bias: the input gate has no bias")]
    [InlineData("network.transformer={layers: 64, memory_length: 8192}", "numbers per copy")]
    [InlineData("network.transformer.head=3", "Did you mean 'network.transformer.heads'?")]
    public void Load_SizesThatCannotBe_SaysWhichAndWhy(string assignment, string message)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() => Load(assignment));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CoreStateSize_Transformer_IsTheMemoryOfEachLayerAndAnAge()
    {
        var settings = new NetworkSettings
        {
            Core = "gtrxl",
            CoreSize = 10,
            Transformer = new TransformerSettings { Layers = 3, MemoryLength = 7 },
        };
        var space = new Environments.Spaces.Box(-1, 1, 2);

        Assert.Equal(2 * (3 * 7 * 10 + 1), new NetworkSpec(space, space, settings).CoreStateSize); // the critic has its own
        Assert.Equal(3 * 7 * 10 + 1, new NetworkSpec(space, space, settings with { SharedTrunk = true }).CoreStateSize);
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(-5, 0)]
    [InlineData(1e30f, 5)]
    [InlineData(2.9f, 2)]
    public void AgeOf_StateOfStrangers_IsAnAgeThatCanBe(float written, int age)
    {
        Assert.Equal(age, Ring.AgeOf(written, 3));
    }

    [Fact]
    public void Load_KeysOfPositionsThatFitNoMemory_AreRefused()
    {
        string message = Assert
            .Throws<SettingsException>(() =>
                Load("network.core_size=2", "network.transformer={layers: 4, heads: 64, head_size: 1024, memory_length: 8191}")
            )
            .Message;

        Assert.Contains("the keys of 8192 positions", message, StringComparison.Ordinal);
    }

    private static NetworkSettings Load(params string[] assignments) =>
        SettingsSources.Load("CartPole-v1", "ppo", null, ["network.core=gtrxl", .. assignments]).Network;
}
