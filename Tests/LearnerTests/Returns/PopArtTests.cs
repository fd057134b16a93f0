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
        popArt.Update(Returns(ref random, 40, 5), weights, bias);
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
    public void Update_FirstReturns_GiveAFreshHeadTheirMean()
    {
        var popArt = new PopArt(1e-4);
        float[] weights = [0.01f];
        float[] bias = [0];
        Assert.False(popArt.HasStatistics);

        popArt.Update([1000, 1010], weights, bias);

        Assert.True(popArt.HasStatistics);
        Assert.Equal((0.01f, 0f), (weights[0], bias[0])); // in place of the 0 that it said before there were units: −201
        float[] value = [0];
        popArt.Denormalize(value);
        Assert.Equal(1005, value[0]);
    }

    [Fact]
    public void Update_ReturnsFarFromZero_FindTheirDeviation()
    {
        var popArt = new PopArt(0.5);

        for (int i = 0; i < 50; i++)
        {
            popArt.Update([1_000_000_000, 1_000_000_064], [1], [0]);
        }

        Assert.Equal(32, popArt.Scale, 1e-6); // squares of 1e18 are known to the hundred
    }

    [Fact]
    public void LoadState_OfASecondMoment_GivesTheSameScale()
    {
        var first = new PopArt(0.1);
        first.Update([1, 3], [1], [0]);
        var state = new StateDictionary();
        state.Set("mean", 2.0);
        state.Set("second_moment", 5.0);
        state.Set("scale", 1.0);
        state.Set("batches", 1L);
        var second = new PopArt(0.1);

        second.LoadState(state);

        first.Update([5, 7], [1], [0]);
        second.Update([5, 7], [1], [0]);
        Assert.Equal(first.Scale, second.Scale, 1e-12);
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
