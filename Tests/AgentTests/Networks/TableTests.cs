using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks;

/// <summary>Networks whose first layer, or whose heads, are tables.</summary>
public sealed class TableTests
{
    [Fact]
    public void Slots_NoHiddenLayer_AreTheTablesOfTheHeadsWithoutBiases()
    {
        NetworkSpec spec = ViewSpecs.Table();
        var layout = new ParameterLayout(spec);
        var random = new Pcg64(1);

        Assert.Equal(["actor.head.table", "critic.head.table"], layout.Slots.Select(slot => slot.Name));
        Assert.Equal([60, 4], layout["actor.head.table"].Shape);
        Assert.Equal([60, 1], layout["critic.head.table"].Shape);
        Assert.All(ParameterInitializer.Create(layout, ref random), number => Assert.Equal(0, number));
        Assert.Equal((1, false), (spec.FeatureSize, spec.Plan.Features.AreObservations));
        Assert.Empty(spec.ResolvedSettings.HiddenSizes!);
    }

    [Fact]
    public void Slots_HiddenLayer_IsATableOfGaussianRowsBeforeUsualHeads()
    {
        var spec = new NetworkSpec(
            new Discrete(500),
            new Discrete(3),
            new NetworkSettings { Encoder = EncoderKind.Table, HiddenSizes = [16, 9] }
        );
        var layout = new ParameterLayout(spec);
        var random = new Pcg64(1);
        float[] rows = layout["actor.encoder.0.table"].In(ParameterInitializer.Create(layout, ref random)).ToArray();

        Assert.Equal(
            ["actor.encoder.0.table", "actor.encoder.1.weight", "actor.encoder.1.bias", "actor.head.weight", "actor.head.bias"],
            layout.Slots.Select(slot => slot.Name).Where(name => name.StartsWith("actor.", StringComparison.Ordinal))
        );
        Assert.Equal([500, 16], layout["actor.encoder.0.table"].Shape);
        Assert.False(layout["actor.encoder.0.table"].IsProduct);
        Assert.Equal(2, rows.Average(number => (double)number * number), 0.1);
    }

    [Fact]
    public void Unroll_EveryCombination_GivesItsOwnRow()
    {
        NetworkSpec spec = new(
            new MultiDiscrete(3, 9, 2),
            new Discrete(2),
            new NetworkSettings { Encoder = EncoderKind.Table, View = ["0", "2"] }
        );
        var layout = new ParameterLayout(spec);
        float[] parameters = [.. Enumerable.Range(0, layout.Count).Select(i => (float)i)];
        using IActorCriticNetwork network = new ProgramNetwork(spec, parameters);
        var observations = new List<float>();
        for (int first = 0; first < 3; first++)
        {
            for (int last = 0; last < 2; last++)
            {
                observations.AddRange([first, first + last, last]);
            }
        }
        var distributions = new float[12];
        var values = new float[6];

        network.Unroll(1, [.. observations], new bool[6], [], distributions, values);

        Assert.Equal(layout["actor.head.table"].In(parameters).ToArray(), distributions);
        Assert.Equal(layout["critic.head.table"].In(parameters).ToArray(), values);
    }

    [Theory]
    [InlineData(3, "0 to 2")]
    [InlineData(-1, "0 to 2")]
    [InlineData(0.5f, "0 to 2")]
    [InlineData(float.NaN, "0 to 2")]
    public void Unroll_NumberOutsideItsSpace_SaysWhatBelongsThere(float number, string expected)
    {
        var spec = new NetworkSpec(new MultiDiscrete(4, 3), new Discrete(2), new NetworkSettings { Encoder = EncoderKind.Table });
        using IActorCriticNetwork network = new ProgramNetwork(spec);

        ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            network.Unroll(1, [1, number], [true], [], new float[2], [])
        );

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_AsManyCombinationsAsFloatsCount_IsTheLargestTable()
    {
        Assert.Equal(TableIndex.MostCombinations, Of(new MultiBinary(24), new()).Plan.Features.Table!.Combinations);
        Assert.Contains(
            "more than 16777216 combinations: MultiBinary(25)",
            Refused(new MultiBinary(25), new()),
            StringComparison.Ordinal
        );
        Assert.Contains("more than 16777216", Refused(new MultiBinary(1 << 30), new()), StringComparison.Ordinal);
        Assert.Contains(
            "more than 16777216",
            Refused(new MultiDiscrete(int.MaxValue, int.MaxValue), new()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Plan_WhatNoTableCanRead_IsNamed()
    {
        NetworkSettings everything = new();
        var convolutions = new NetworkSettings { Convolutions = [new ConvolutionSettings()] };

        Assert.Contains(
            "the entry 'speed' Box(-1, 1, [2]) is neither",
            Refused(ViewSpecs.Table().ObservationSpace, everything),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the observation Box(0, 1, [3]) is neither",
            Refused(new Box(0, 1, 3), everything),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "network.encoder is table, which has none",
            Refused(new Discrete(3), convolutions),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Give the table units by network.hidden_sizes",
            Refused(new Discrete(3), new() { Core = "gru" }),
            StringComparison.Ordinal
        );
        _ = new ParameterLayout(Of(new Discrete(3), new() { Core = "gru", HiddenSizes = [4] }));
    }

    private static NetworkSpec Of(Space space, NetworkSettings settings) =>
        new(space, new Discrete(2), settings with { Encoder = EncoderKind.Table });

    private static string Refused(Space space, NetworkSettings settings) =>
        Assert.Throws<SettingsException>(() => new ParameterLayout(Of(space, settings))).Message;
}
