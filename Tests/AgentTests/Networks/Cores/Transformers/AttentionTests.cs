using Agents.Networks;
using Agents.Networks.Cores.Transformers;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Environments.Randomness;
using TorchSharp;
using Xunit;

namespace Tests.AgentTests.Networks.Cores.Transformers;

/// <summary>Relative attention with memory against numbers worked out by hand from Dai et al. 2019, section 3.3.</summary>
public sealed class AttentionTests
{
    private const double Tolerance = 2e-6;

    private static readonly TransformerSettings Trxl = new()
    {
        Layers = 1,
        Heads = 1,
        HeadSize = 4,
        FeedForwardSize = 4,
        MemoryLength = 2,
        Norm = NormPlacement.Post,
        Gate = GateKind.Residual,
    };

    [Theory]
    [InlineData(0, new[] { 0, 0, 1, 1.0 })]
    [InlineData(1, new[] { 0.841471, 0.010000, 0.540302, 0.999950 })]
    [InlineData(2, new[] { 0.909297, 0.019999, -0.416147, 0.999800 })]
    public void Write_Distance_GivesSinesThenCosines(int distance, double[] expected)
    {
        var row = new float[4];

        RelativePositions.Write(distance, row);

        Near(expected, row, 1e-6);
    }

    [Fact]
    public void Shift_TwoQueries_MovesEachToItsKeys()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor byDistance = torch.tensor(new float[] { 1, 2, 3, 4, 5, 6 }).view(2, 3);

        torch.Tensor byKey = TorchForms.Shift(byDistance);

        // Without the first key, which only the first query sees, these are the rows of Transformer-XL's own shift.
        Assert.Equal([2, 4], byKey.shape);
        Assert.Equal([1, 2, 3, 0, 0, 4, 5, 6], byKey.contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Shift_ManyQueries_EqualsPickingByDistance()
    {
        const int steps = 7;
        const int memory = 4;
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor byDistance = torch.randn(2, 3, steps, memory + 1);

        torch.Tensor byKey = TorchForms.Shift(byDistance);

        for (int t = 0; t < steps; t++)
        {
            for (int key = 0; key < memory + steps; key++)
            {
                int distance = t + memory - key;
                float[] expected = distance is >= 0 and <= memory
                    ? byDistance.select(3, memory - distance).select(2, t).contiguous().data<float>().ToArray()
                    : new float[6];
                Assert.Equal(expected, byKey.select(3, key).select(2, t).contiguous().data<float>().ToArray());
            }
        }
    }

    [Theory]
    [InlineData(0, 0, new[] { 0.621284, 0.378716, 0 }, new[] { 0.561560, 0.270662, 0.167779 })]
    [InlineData(0.5, -0.25, new[] { 0.632734, 0.367266, 0 }, new[] { 0.562912, 0.258348, 0.178740 })]
    public void Step_IdentityProjections_WeighsByHand(float u, float v, double[] second, double[] third)
    {
        OneLayer layer = new OneLayer(Trxl).With("core.0.attention.content_bias", u).With("core.0.attention.position_bias", v);

        (_, float[][] first) = layer.Run(torch: false, OneLayer.Unit(0));
        (_, float[][] afterTwo) = layer.Run(torch: false, OneLayer.Unit(0), OneLayer.Unit(1));
        (_, float[][] afterThree) = layer.Run(torch: false, OneLayer.Unit(0), OneLayer.Unit(1), OneLayer.Unit(2));

        Assert.Equal([1f, 0, 0], first[0]); // an empty memory gets no weight at all
        Near(second, afterTwo[0]);
        Near(third, afterThree[0]);
    }

    [Fact]
    public void Step_TwoHeads_WeighEachTheirPart()
    {
        var layer = new OneLayer(Trxl with { Heads = 2, HeadSize = 2 });

        (_, float[][] afterTwo) = layer.Run(torch: false, OneLayer.Unit(0), OneLayer.Unit(1));
        (_, float[][] afterThree) = layer.Run(torch: false, OneLayer.Unit(0), OneLayer.Unit(1), OneLayer.Unit(2));

        Near([0.668196, 0.331804, 0], afterTwo[0]);
        Near([1.0 / 3, 1.0 / 3, 1.0 / 3], afterThree[0]);
        Near([0.5, 0.5, 0], afterTwo[1]);
        Near([0.650458, 0.231717, 0.117825], afterThree[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unroll_TwoHeads_MixesWhatTheyWeigh(bool torch)
    {
        // With a perceptron that gives 0 the layer is LN(LN(x + mixture)), and the mixture of units is the weights themselves.
        OneLayer layer = new OneLayer(Trxl with { Heads = 2, HeadSize = 2 }).With("core.0.feed_forward.1.weight", 0);

        (float[] outputs, _) = layer.Run(torch, OneLayer.Unit(0), OneLayer.Unit(1), OneLayer.Unit(2));

        Near(Normalize(Normalize([0.331804, 1.668196, 0, 0])), outputs[4..8], 1e-5);
        Near(Normalize(Normalize([0.333333, 0.333333, 1.650458, 0])), outputs[8..12], 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unroll_RowFartherThanTheMemory_IsNotSeen(bool torch)
    {
        var layer = new OneLayer(Trxl with { MemoryLength = 1 });
        (float[] before, _) = layer.Run(torch, OneLayer.Unit(0), OneLayer.Unit(1), OneLayer.Unit(2));

        (float[] after, _) = layer.Run(torch, OneLayer.Unit(3), OneLayer.Unit(1), OneLayer.Unit(2));

        Assert.NotEqual(before[4..8], after[4..8]);
        Assert.Equal(before[8..12], after[8..12]);
    }

    [Fact]
    public void Forward_Memory_CountsAndGetsNoGradient()
    {
        NetworkSpec spec = new OneLayer(Trxl).Spec;
        var random = new Pcg64(1);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        var network = new NetworkGraph(spec, new Graph());
        Gradients gradients = network.Graph.Differentiate(
            [(network.Distributions, null)],
            [network.InitialCoreState!, network.Features]
        );
        var program = new ManagedProgram(
            Plan.Compile(network.Graph, [network.Distributions], null, new PlanOptions(2, 1)),
            parameters,
            []
        );
        float[] features = [.. Enumerable.Range(0, 8).Select(_ => (float)random.NextGaussian())];

        float[] before = Run(1);
        float[] after = Run(2);

        Assert.Null(gradients[network.InitialCoreState!]);
        Assert.NotNull(gradients[network.Features]);
        Assert.True(before.Zip(after).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-4f);

        float[] Run(float remembered)
        {
            program.Bind(network.Features, features);
            program.Bind(network.Keep!, new float[] { 1, 1 });
            program.Bind(network.InitialCoreState!, new float[] { remembered, -1, 0, 1, 2, -remembered, 1, 0, 2 });
            program.Run(2, 1);
            return program[network.Distributions].ToArray();
        }
    }

    private static double[] Normalize(double[] row)
    {
        double mean = row.Average();
        double deviation = Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + 1e-5);
        return [.. row.Select(x => (x - mean) / deviation)];
    }

    private static void Near(double[] expected, float[] actual, double tolerance = Tolerance) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}
