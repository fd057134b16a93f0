using Agents.Networks.Cores.Transformers;
using Xunit;

namespace Tests.AgentTests.Networks.Cores.Transformers;

/// <summary>Whole layers against numbers worked out by hand from Parisotto et al. 2020, section 3.1.</summary>
public sealed class LayerTests
{
    private static readonly TransformerSettings Identity = new()
    {
        Layers = 1,
        Heads = 1,
        HeadSize = 4,
        FeedForwardSize = 4,
        MemoryLength = 2,
    };

    [Theory]
    [InlineData(NormPlacement.Pre, GateKind.Residual, 4.327624, 4.349707, false)]
    [InlineData(NormPlacement.Pre, GateKind.Residual, 4.327624, 4.349707, true)]
    [InlineData(NormPlacement.Pre, GateKind.Gru, 0.990803, 0.990909, false)]
    [InlineData(NormPlacement.Pre, GateKind.Gru, 0.990803, 0.990909, true)]
    public void Unroll_NormalisationFirst_EqualsTheWorkedExample(
        NormPlacement norm,
        GateKind gate,
        double second,
        double third,
        bool torch
    )
    {
        var layer = new OneLayer(Identity with { Norm = norm, Gate = gate });

        (float[] outputs, _) = layer.Run(torch, OneLayer.Unit(0), OneLayer.Unit(1), OneLayer.Unit(2));

        Near([0, second, 0, 0], outputs[4..8]);
        Near([0, 0, third, 0], outputs[8..12]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unroll_NormalisationBehind_EqualsTheWorkedExample(bool torch)
    {
        var layer = new OneLayer(Identity with { Norm = NormPlacement.Post, Gate = GateKind.Residual });

        (float[] outputs, _) = layer.Run(torch, OneLayer.Unit(0), OneLayer.Unit(1), OneLayer.Unit(2));

        Near([-0.351235, 1.716140, -0.682453, -0.682453], outputs[4..8]);
    }

    private static void Near(double[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
}
