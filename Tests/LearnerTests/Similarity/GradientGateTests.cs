using System.Numerics.Tensors;
using Agents.Programs;
using Environments.Randomness;
using Environments.State;
using Learners.Similarity;
using Xunit;

namespace Tests.LearnerTests.Similarity;

/// <summary>What gates let through is known in closed form (Du et al. 2018, section 3).</summary>
public sealed class GradientGateTests
{
    public static TheoryData<SimilarityRule> Rules =>
        [SimilarityRule.Weighted, SimilarityRule.Unweighted, SimilarityRule.Projection];

    /// <summary>Main loss (θ − 10)² and auxiliary loss θ²: they agree but for θ between 0 and 10.</summary>
    [Theory]
    [InlineData(-20, 1, -100)]
    [InlineData(-1, 1, -24)]
    [InlineData(5, -1, -10)]
    [InlineData(9.5, -1, -1)]
    [InlineData(30, 1, 100)]
    public void Add_OneNumber_HasTheSignForACosine(float theta, double cosine, float expected)
    {
        float[] main = [2 * (theta - 10)];
        float[] auxiliary = [2 * theta];
        foreach (SimilarityRule rule in (SimilarityRule[])[SimilarityRule.Weighted, SimilarityRule.Unweighted])
        {
            GradientGate gate = Gate(rule, 1);

            Assert.Equal(expected, Sum(gate, main, auxiliary)[0]);
            Assert.Equal(cosine, gate.Similarity);
            Assert.Equal(cosine > 0 ? 1 : 0, gate.Open);
        }
    }

    [Fact]
    public void Add_CosineOfOneHalf_LetsAHalfOrAllThrough()
    {
        float[] main = [1, 0];
        float[] auxiliary = [1, MathF.Sqrt(3)];
        GradientGate weighted = Gate(SimilarityRule.Weighted, 2);

        AssertNear([1.5f, 0.866025f], Sum(weighted, main, auxiliary));
        AssertNear([2, 1.732051f], Sum(Gate(SimilarityRule.Unweighted, 2), main, auxiliary));
        AssertNear([2, 1.732051f], Sum(Gate(SimilarityRule.Projection, 2), main, auxiliary));
        Assert.Equal(0.5, weighted.Similarity, 1e-7);
    }

    [Fact]
    public void Add_ProjectionOfAConflict_TakesOutWhatPointsAgainstTheMainGradient()
    {
        GradientGate gate = Gate(SimilarityRule.Projection, 2);

        Assert.Equal([2, 3], Sum(gate, [2, 0], [-5, 3]));
        Assert.Equal(0, gate.Open);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Add_Opposite_LeavesTheMainGradientExactly(SimilarityRule rule)
    {
        var random = new Pcg64(1);
        float[] main = Gaussians(ref random, 37);
        float[] auxiliary = [.. main.Select(number => -number)];
        GradientGate gate = Gate(rule, main.Length);

        Assert.Equal(main, Sum(gate, main, auxiliary));
        Assert.Equal(-1, gate.Similarity, 1e-12);
        Assert.Equal(0, gate.Open);
    }

    [Theory]
    [InlineData(SimilarityRule.Weighted, 0)]
    [InlineData(SimilarityRule.Unweighted, 1)]
    [InlineData(SimilarityRule.Projection, 1)]
    public void Add_GradientOf0_IsACosineOf0(SimilarityRule rule, float share)
    {
        float[] some = [1, -2, 3];
        var none = new float[3];
        GradientGate gate = Gate(rule, 3);

        Assert.Equal(some, Sum(gate, some, none));
        Assert.Equal(some.Select(number => share * number), Sum(gate, none, some));
        Assert.Equal(none, Sum(gate, none, none));
        Assert.Equal(double.NaN, gate.Similarity);
        Assert.Equal(double.NaN, gate.Open);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Add_NoNumber_IsSeenInTheSum(SimilarityRule rule) =>
        Assert.Contains(float.NaN, Sum(Gate(rule, 2), [1, 2], [float.NaN, -7]));

    [Theory]
    [MemberData(nameof(Rules))]
    public void Add_RandomPairs_StayDirectionsOfDescentInEveryBlock(SimilarityRule rule)
    {
        var random = new Pcg64(2);
        ParameterSlot[] slots = Slots(("a.weight", 17), ("a.bias", 4), ("b.weight", 9));
        int open = 0;
        for (int i = 0; i < 1000; i++)
        {
            float[] main = Gaussians(ref random, 30);
            float[] auxiliary = Gaussians(ref random, 30);
            GradientGate whole = new(new GradientSimilaritySettings { Rule = rule }, slots, []);
            float[] sum = Sum(whole, main, auxiliary);
            float[] byLayer = Sum(
                new GradientGate(new GradientSimilaritySettings { Rule = rule, Blocks = SimilarityBlocks.Layer }, slots, []),
                main,
                auxiliary
            );
            open += whole.Open == 1 ? 1 : 0;
            foreach (
                (float[] all, Range block) in ((float[], Range)[])[(sum, ..), (byLayer, ..), (byLayer, ..21), (byLayer, 21..)]
            )
            {
                float squared = TensorPrimitives.Dot<float>(main.AsSpan(block), main.AsSpan(block));
                Assert.True(TensorPrimitives.Dot<float>(all.AsSpan(block), main.AsSpan(block)) >= squared * (1 - 1e-5f));
            }
        }
        Assert.InRange(open, 400, 600);
    }

    [Fact]
    public void Add_LongRandomGradients_AreAlmostOrthogonalAndOpenHalfOfTheTime()
    {
        const int Size = 10_000;
        var random = new Pcg64(3);
        GradientGate gate = Gate(SimilarityRule.Unweighted, Size);
        double open = 0;
        for (int i = 0; i < 1000; i++)
        {
            Sum(gate, Gaussians(ref random, Size), Gaussians(ref random, Size));
            Assert.InRange(gate.Similarity, -0.05, 0.05);
            open += gate.Open / 1000;
        }
        Assert.InRange(open, 0.47, 0.53);
    }

    [Fact]
    public void Add_Layers_DecideEachByItself()
    {
        ParameterSlot[] slots = Slots(("a.weight", 2), ("a.bias", 1), ("b.weight", 2));
        float[] main = [1, 2, 3, 1, 1];
        float[] auxiliary = [1, 2, 3, -9, -9];
        var gate = new GradientGate(
            new GradientSimilaritySettings { Rule = SimilarityRule.Unweighted, Blocks = SimilarityBlocks.Layer },
            slots,
            []
        );
        var whole = new GradientGate(new GradientSimilaritySettings { Rule = SimilarityRule.Unweighted }, slots, []);

        Assert.Equal([2, 4, 6, 1, 1], Sum(gate, main, auxiliary));
        Assert.Equal(0, gate.Similarity, 1e-12);
        Assert.Equal(0.5, gate.Open);
        Assert.Equal(main, Sum(whole, main, auxiliary));
    }

    [Fact]
    public void Add_ArraysOfTheAuxiliaryLossAlone_PassAShutGateAndDecideNothing()
    {
        ParameterSlot[] slots = Slots(("trunk.weight", 2), ("head.weight", 2), ("critic.weight", 1));
        var gate = new GradientGate(new GradientSimilaritySettings { Rule = SimilarityRule.Weighted }, [slots[0]], [slots[1]]);

        Assert.Equal([1, 1, 5, 6, 4], Sum(gate, [1, 1, 0, 0, 4], [-1, -1, 5, 6, 0]));
        Assert.Equal(-1, gate.Similarity, 1e-12);
    }

    [Fact]
    public void Add_Averaging_DecidesByRunningEstimates()
    {
        GradientGate gate = Gate(SimilarityRule.Weighted, 2, averaging: 0.9);
        Sum(gate, [1, 0], [1, 0]);
        Assert.Equal(1, gate.Similarity, 1e-12); // unbiased from the first update on

        float[] sum = Sum(gate, [1, 0], [-2, 0]);

        // ⟨m, a⟩ = 0.9 · 1 − 2, |m|² = 0.9 + 1 and |a|² = 0.9 + 4, all of them times 0.1.
        double cosine = (0.9 - 2) / Math.Sqrt((0.9 + 1) * (0.9 + 4));
        Assert.Equal(cosine, gate.Similarity, 1e-12);
        Assert.Equal([1, 0], sum);
        sum = Sum(gate, [1, 0], [4, 0]);
        cosine = (0.9 * (0.9 - 2) + 4) / Math.Sqrt((0.9 * (0.9 + 1) + 1) * (0.9 * (0.9 + 4) + 16));
        Assert.Equal(1 + 4 * cosine, sum[0], 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Add_Averaging_ForgetsAnUpdateThatFailed(float broken)
    {
        GradientGate gate = Gate(SimilarityRule.Weighted, 2, averaging: 0.9);
        GradientGate other = Gate(SimilarityRule.Weighted, 2, averaging: 0.9);
        Sum(gate, [1, 0], [1, 1]);
        Sum(other, [1, 0], [1, 1]);

        Assert.False(float.IsFinite(Sum(gate, [1, 0], [broken, 0])[0]));

        Assert.Equal(Sum(other, [1, 0], [-1, 3]), Sum(gate, [1, 0], [-1, 3]));
    }

    [Fact]
    public void LoadState_Averaging_GoesOnBitForBit()
    {
        var random = new Pcg64(4);
        GradientGate saved = Gate(SimilarityRule.Weighted, 9, averaging: 0.9);
        for (int i = 0; i < 5; i++)
        {
            Sum(saved, Gaussians(ref random, 9), Gaussians(ref random, 9));
        }
        var state = new StateDictionary();
        saved.SaveState(state, "gate");
        GradientGate loaded = Gate(SimilarityRule.Weighted, 9, averaging: 0.9);
        loaded.LoadState(state, "gate");
        float[] main = Gaussians(ref random, 9);
        float[] auxiliary = Gaussians(ref random, 9);

        Assert.Equal(Sum(saved, main, auxiliary), Sum(loaded, main, auxiliary));
        Assert.Equal(saved.Similarity, loaded.Similarity);
    }

    private static GradientGate Gate(SimilarityRule rule, int size, double averaging = 0) =>
        new(new GradientSimilaritySettings { Rule = rule, Averaging = averaging }, Slots(("w", size)), []);

    private static float[] Sum(GradientGate gate, float[] main, float[] auxiliary)
    {
        float[] sum = [.. main];
        gate.Add(main, auxiliary, sum);
        return sum;
    }

    private static ParameterSlot[] Slots(params (string Name, int Size)[] arrays)
    {
        int offset = 0;
        return
        [
            .. arrays.Select(array =>
            {
                var slot = new ParameterSlot(array.Name, [array.Size], offset);
                offset += array.Size;
                return slot;
            }),
        ];
    }

    private static float[] Gaussians(ref Pcg64 random, int count)
    {
        var numbers = new float[count];
        foreach (ref float number in numbers.AsSpan())
        {
            number = (float)random.NextGaussian();
        }
        return numbers;
    }

    private static void AssertNear(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
}
