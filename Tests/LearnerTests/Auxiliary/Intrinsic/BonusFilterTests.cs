using Environments.Randomness;
using Environments.State;
using Learners.Auxiliary;
using Xunit;

namespace Tests.LearnerTests.Auxiliary.Intrinsic;

/// <summary>Bonuses are in units of the deviation of their discounted sums, which run over time and know no episodes.</summary>
public sealed class BonusFilterTests
{
    /// <summary>F is 1, 1.99, …: mean 26.6157, deviation 13.5778.</summary>
    [Fact]
    public void Add_ConstantBonus_HasTheDeviationOfARisingSum()
    {
        var filter = new BonusFilter(0.99f);

        filter.Add(Ones(64), copies: 1);

        Assert.Equal(0.07365, filter.Scale, 5e-6);
        double[] sums = [.. Enumerable.Range(1, 64).Select(t => (1 - Math.Pow(0.99, t)) / 0.01)];
        Assert.Equal(26.6157, sums.Average(), 1e-4);
        Assert.Equal(1 / Math.Sqrt(sums.Average(sum => sum * sum) - Math.Pow(sums.Average(), 2)), filter.Scale, 1e-6);
    }

    /// <summary>Of independent bonuses of variance v sums have the variance v / (1 − γ²), so a bonus comes out with the deviation √(1 − γ²).</summary>
    [Fact]
    public void Add_IndependentBonuses_HasTheStationaryDeviation()
    {
        var filter = new BonusFilter(0.99f);
        var random = new Pcg64(3);
        var bonuses = new float[8 * 128];
        for (int i = 0; i < 600; i++)
        {
            foreach (ref float bonus in bonuses.AsSpan())
            {
                bonus = (float)(random.NextDouble() * Math.Sqrt(12)); // variance 1
            }
            filter.Add(bonuses, copies: 8);
            if (i == 9)
            {
                filter = AtStationarySums(filter);
            }
        }

        Assert.Equal(Math.Sqrt(1 - 0.99 * 0.99), filter.Scale, 0.003); // 0.14107
    }

    /// <summary>{1, 2, 3} and {4, 6}: mean 3.2, variance 2.96.</summary>
    [Fact]
    public void Add_TwoBatches_HasTheVarianceOfAllNumbers()
    {
        var filter = new BonusFilter(0);

        filter.Add([1, 2, 3], copies: 1);
        filter.Add([4, 6], copies: 1);

        Assert.Equal(1 / Math.Sqrt(2.96), filter.Scale, 1e-6);
        var state = new StateDictionary();
        filter.SaveState(state);
        Assert.Equal(3.2, state.GetArray<double>("returns.mean")[0], 1e-12);
    }

    /// <summary>Rows are [T, B]: two copies with their own constants have their own sums.</summary>
    [Fact]
    public void Add_SeveralCopies_SumsOverTimeAndNotOverCopies()
    {
        var filter = new BonusFilter(0.5f);

        filter.Add([1, 10, 1, 10], copies: 2);
        filter.Add([1, 10], copies: 2);

        double[] sums = [1, 10, 1.5, 15, 1.75, 17.5];
        double mean = sums.Average();
        Assert.Equal(1 / Math.Sqrt(sums.Average(sum => (sum - mean) * (sum - mean))), filter.Scale, 1e-6);
    }

    [Fact]
    public void Scale_NothingDiffersYet_IsZero()
    {
        var filter = new BonusFilter(0.99f);
        Assert.Equal(0, filter.Scale);

        filter.Add([2, 2], copies: 2);

        Assert.Equal(0, filter.Scale);
    }

    [Fact]
    public void LoadState_InTheMiddle_GoesOnBitForBit()
    {
        var filter = new BonusFilter(0.9f);
        filter.Add([0.1f, 0.7f, 0.3f, 0.2f], copies: 2);
        var state = new StateDictionary();
        filter.SaveState(state);
        var other = new BonusFilter(0.9f);
        other.LoadState(state);

        filter.Add([0.6f, 0.5f], copies: 2);
        other.Add([0.6f, 0.5f], copies: 2);

        Assert.Equal(filter.Scale, other.Scale);
    }

    // Moments of the beginning, when sums were still rising from 0, would stay in the mean for long.
    private static BonusFilter AtStationarySums(BonusFilter filter)
    {
        var state = new StateDictionary();
        filter.SaveState(state);
        state.Set("returns.count", 0.0);
        var fresh = new BonusFilter(0.99f);
        fresh.LoadState(state);
        return fresh;
    }

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];
}
