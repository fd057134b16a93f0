using Environments.Randomness;
using Environments.State;
using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Returns;

/// <summary>Statistics may change; what the value head says may not.</summary>
public sealed class PopArtTests
{
    [Fact]
    public void Update_NewReturns_LeaveTheHeadsValuesAsTheyWere()
    {
        var popArt = new PopArt(0.1);
        var random = new Pcg64(5);
        float[] weights = [0.7f, -1.3f, 0.2f];
        float[] bias = [0.4f];
        float[] features = [1.5f, -0.5f, 2f];
        popArt.Update(Returns(ref random, 40, 5), weights, bias); // the first moves the head, which knows nothing yet
        float[] before = [Value(weights, bias, features)];
        popArt.Denormalize(before);

        for (int i = 0; i < 20; i++)
        {
            popArt.Update(Returns(ref random, 50 + 10 * i, 5), weights, bias);

            float[] after = [Value(weights, bias, features)];
            popArt.Denormalize(after);
            Assert.Equal(before[0], after[0], 1e-3);
        }
        Assert.InRange(popArt.Scale, 5, 200);
        Assert.InRange(popArt.Mean, 50, 250);
    }

    [Fact]
    public void Update_FirstBatches_CountAsInAPlainMean()
    {
        var popArt = new PopArt(1e-4);

        popArt.Update([1, 3], [1], [0]);
        Assert.Equal(2, popArt.Mean, 1e-9);
        Assert.Equal(1, popArt.Scale, 1e-9);

        popArt.Update([5, 7], [1], [0]);
        Assert.Equal(4, popArt.Mean, 1e-9);
        Assert.Equal(Math.Sqrt(5), popArt.Scale, 1e-6); // of 1, 3, 5 and 7
    }

    [Fact]
    public void Update_FirstReturnsOfAHeadThatKnowsValues_LeaveTheseAsTheyWere()
    {
        var popArt = new PopArt(1e-4, knowsValues: true);
        float[] weights = [0.5f];
        float[] bias = [7];
        Assert.True(popArt.HasUnits);

        popArt.Update([1_000, 1_010], weights, bias);

        float[] value = [Value(weights, bias, [2])];
        popArt.Denormalize(value);
        Assert.Equal(8, value[0], 1e-3);
        Assert.Equal(1_005, popArt.Mean, 1e-9);
    }

    [Fact]
    public void Update_FirstReturns_MoveTheHeadToTheirUnits()
    {
        var popArt = new PopArt(1e-4);
        float[] weights = [0.5f];
        float[] bias = [0];

        popArt.Update([1_000, 1_010], weights, bias);

        float[] value = [Value(weights, bias, [0])];
        popArt.Denormalize(value);
        Assert.Equal(1_005, value[0]);
        Assert.Equal((0.5f, 0f), (weights[0], bias[0]));
    }

    [Fact]
    public void Update_LargeReturnsThatVaryLittle_KeepTheirDeviation()
    {
        var popArt = new PopArt(0.25);
        for (int i = 0; i < 50; i++)
        {
            popArt.Update([16_777_214, 16_777_216], [1], [0]);
        }

        Assert.Equal(1, popArt.Scale, 1e-9); // E[x²] − mean² of 2.8e14 in float64 knows 0.03 at best
    }

    [Fact]
    public void LoadState_OfAnEarlierVersion_TakesTheVarianceFromItsMoments()
    {
        var state = new StateDictionary();
        state.Set("mean", 3.0);
        state.Set("second_moment", 13.0);
        state.Set("scale", 2.0);
        state.Set("batches", 5L);
        var popArt = new PopArt(0.5);

        popArt.LoadState(state);
        popArt.Update([3, 3], [1], [0]);

        Assert.Equal(Math.Sqrt(2), popArt.Scale, 1e-12); // half of 4
    }

    [Fact]
    public void Update_EqualReturns_KeepTheScaleAboveZero()
    {
        var popArt = new PopArt(0.5);
        float[] bias = [0];

        popArt.Update([8, 8, 8], [1], bias);

        Assert.Equal(1e-2, popArt.Scale);
        Assert.True(float.IsFinite(bias[0]));
    }

    [Fact]
    public void Export_GivesAHeadInTheTasksUnits()
    {
        var popArt = new PopArt(0.1);
        var random = new Pcg64(6);
        float[] weights = [0.7f];
        float[] bias = [0.4f];
        popArt.Update(Returns(ref random, 30, 4), weights, bias);
        float[] expected = [Value(weights, bias, [2])];
        popArt.Denormalize(expected);

        popArt.Export(weights, bias);

        Assert.Equal(expected[0], Value(weights, bias, [2]), 1e-4);
    }

    [Fact]
    public void LoadState_Continues()
    {
        var random = new Pcg64(7);
        var first = new PopArt(0.1);
        first.Update(Returns(ref random, 3, 2), [1], [0]);
        var state = new StateDictionary();
        first.SaveState(state);
        var second = new PopArt(0.1);

        second.LoadState(state);

        float[] returns = Returns(ref random, 9, 1);
        first.Update(returns, [1], [0]);
        second.Update(returns, [1], [0]);
        Assert.Equal((first.Mean, first.Scale), (second.Mean, second.Scale));
    }

    private static float Value(float[] weights, float[] bias, float[] features) =>
        weights.Zip(features).Sum(pair => pair.First * pair.Second) + bias[0];

    private static float[] Returns(ref Pcg64 random, double mean, double deviation)
    {
        var returns = new float[64];
        for (int i = 0; i < returns.Length; i++)
        {
            returns[i] = (float)(mean + deviation * random.NextGaussian());
        }
        return returns;
    }
}
