using Environments.Randomness;
using Studies.Claims;
using Studies.Statistics;
using Xunit;

namespace Tests.StudyTests;

public sealed class BootstrapTests
{
    private static RunValue[] Known(params double[] values) => [.. values.Select(RunValue.Known)];

    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.302653)]
    [InlineData(4, 2.77645)]
    [InlineData(9, 2.26216)]
    [InlineData(30, 2.04227)]
    public void StudentQuantile_PublishedTable_IsMatched(int degreesOfFreedom, double expected) =>
        Assert.Equal(expected, SampleStatistics.StudentQuantile(degreesOfFreedom), 4);

    [Fact]
    public void NormalTail_KnownPoints_AreMatched()
    {
        Assert.Equal(0.5, SampleStatistics.NormalTail(0), 9);
        Assert.Equal(0.025, SampleStatistics.NormalTail(1.959963985), 9);
        Assert.Equal(0.0010, SampleStatistics.ExpandedTail(5), 4); // √(5/4) · 2.776 = 3.104
        Assert.Equal(0.0086, SampleStatistics.ExpandedTail(10), 4);
    }

    /// <summary>Seeds that differ widely, each of them by one between the arms: within seeds there is no doubt.</summary>
    [Fact]
    public void OfEffect_Paired_IsOfDifferencesWithinSeeds()
    {
        (RunValue[], RunValue[])[] runs = [(Known(11, 2, 31, 5, 21), Known(10, 1, 30, 4, 20))];

        Estimate paired = Bootstrap.OfEffect(EffectKind.Difference, runs, Statistic.Mean, 1, isPaired: true);
        Estimate apart = Bootstrap.OfEffect(EffectKind.Difference, runs, Statistic.Mean, 1);

        Assert.Equal((1, 1), (Math.Round(paired.IntervalLow, 9), Math.Round(paired.IntervalHigh, 9)));
        Assert.True(apart.IntervalLow < -5 && apart.IntervalHigh > 5, $"{apart}");
    }

    [Theory]
    [InlineData(0, 4.5)] // median of 1 to 8
    [InlineData(1, 12.125)] // mean, with 8 replaced by 69
    [InlineData(2, 4.5)] // middle half: 3 to 6
    public void Of_EightNumbers_IsTheStatistic(int statistic, double expected)
    {
        double[] values = [69, 7, 6, 5, 4, 3, 2, 1];

        Assert.Equal(expected, SampleStatistics.Of((Statistic)statistic, values), 12);
    }

    [Fact]
    public void OfArm_HalfZerosHalfOnes_IsTheBinomialsQuantiles()
    {
        // The resampled mean is Binomial(10, ½) / 10: P(0) = 0.00098, P(≤ 1) = 0.0107, and 0.0086 is cut off at each end.
        Estimate estimate = Bootstrap.OfArm(Known(0, 0, 0, 0, 0, 1, 1, 1, 1, 1), Statistic.Mean, 1);

        Assert.Equal((0.5, 0.5), (estimate.Low, estimate.High));
        Assert.Equal((0.1, 0.9), (estimate.IntervalLow, estimate.IntervalHigh));
        Assert.Equal(10, estimate.Seeds);
    }

    [Fact]
    public void OfArm_SameSeed_GivesTheSameInterval()
    {
        RunValue[] values = Known(3, 1, 4, 1, 5, 9, 2, 6);

        Assert.Equal(Bootstrap.OfArm(values, Statistic.Mean, 7), Bootstrap.OfArm(values, Statistic.Mean, 7));
    }

    [Fact]
    public void OfArm_FiveNormalNumbers_CoverTheMeanNearlyAsOftenAsPromised()
    {
        var random = new Pcg64(11);
        const int trials = 400;
        int covered = 0;
        for (int i = 0; i < trials; i++)
        {
            var values = new double[5];
            for (int k = 0; k < values.Length; k++)
            {
                values[k] = random.NextGaussian();
            }
            Estimate estimate = Bootstrap.OfArm(Known(values), Statistic.Mean, (ulong)i);
            covered += estimate.IntervalLow <= 0 && estimate.IntervalHigh >= 0 ? 1 : 0;
        }

        // Plain percentiles cover some 83 %.
        Assert.InRange(covered / (double)trials, 0.90, 0.99);
    }

    [Fact]
    public void OfEffect_RatioOverTasks_IsTheGeometricMean()
    {
        Estimate estimate = Bootstrap.OfEffect(
            EffectKind.Ratio,
            [(Known(2, 2, 2), Known(1, 1, 1)), (Known(8, 8, 8), Known(1, 1, 1))],
            Statistic.Mean,
            1
        );

        Assert.Equal(4, estimate.Low, 12);
        Assert.Equal(4, estimate.IntervalLow, 12);
        Assert.Equal(4, estimate.IntervalHigh, 12);
    }

    [Fact]
    public void OfEffect_Strata_NeverMixTasks()
    {
        // Mixed, a task's resample could hold the other's thousands.
        Estimate estimate = Bootstrap.OfEffect(
            EffectKind.Difference,
            [(Known(1, 1, 1), Known(0, 0, 0)), (Known(1001, 1001, 1001), Known(1000, 1000, 1000))],
            Statistic.Mean,
            1
        );

        Assert.Equal((1.0, 1.0), (estimate.IntervalLow, estimate.IntervalHigh));
    }

    [Fact]
    public void OfEffect_FewCensoredRuns_LeaveTheMedianKnownAndTheIntervalOpen()
    {
        RunValue[] slow = [.. Known(100, 110, 120), RunValue.MoreThan(150), RunValue.MoreThan(150)];

        Estimate estimate = Bootstrap.OfEffect(EffectKind.Ratio, [(Known(10, 11, 12, 13, 14), slow)], Statistic.Median, 1);

        Assert.Equal(12 / 120.0, estimate.Low, 12);
        Assert.Equal(estimate.Low, estimate.High);
        Assert.Equal(0, estimate.IntervalLow); // many resamples have three censored runs: the second arm may need any time
        Assert.InRange(estimate.IntervalHigh, 0.1, 0.14);
    }

    [Fact]
    public void OfEffect_SecondArmCensored_IsSeenAsFarAsItsBoundTells()
    {
        RunValue[] never = [.. Enumerable.Repeat(RunValue.MoreThan(100), 5)];

        Estimate faster = Bootstrap.OfEffect(EffectKind.Ratio, [(Known(30, 31, 32, 33, 34), never)], Statistic.Median, 1);
        Estimate slower = Bootstrap.OfEffect(EffectKind.Ratio, [(never, Known(30, 31, 32, 33, 34))], Statistic.Median, 1);
        Estimate neither = Bootstrap.OfEffect(EffectKind.Ratio, [(never, never)], Statistic.Median, 1);

        Assert.Equal(Verdict.Seen, Verdicts.OfEffect(faster, EffectKind.Ratio, Expectation.Below, 0.7));
        Assert.Equal(Verdict.NotSeen, Verdicts.OfEffect(slower, EffectKind.Ratio, Expectation.Below, 0.7));
        Assert.Equal(Verdict.Unclear, Verdicts.OfEffect(neither, EffectKind.Ratio, Expectation.Below, 0.7));
        Assert.Equal((0, double.PositiveInfinity), (neither.IntervalLow, neither.IntervalHigh));
    }

    [Fact]
    public void OfEffect_TooFewSeedsOrMissingRuns_HaveNoInterval()
    {
        Estimate few = Bootstrap.OfEffect(EffectKind.Ratio, [(Known(1, 2), Known(3, 4, 5))], Statistic.Mean, 1);
        Estimate missing = Bootstrap.OfEffect(
            EffectKind.Ratio,
            [([.. Known(1, 2), RunValue.Missing], Known(3, 4, 5))],
            Statistic.Mean,
            1
        );
        Estimate negative = Bootstrap.OfEffect(EffectKind.Ratio, [(Known(-1, -2, -3), Known(3, 4, 5))], Statistic.Mean, 1);

        Assert.Equal((0.375, false), (few.Low, few.HasInterval));
        Assert.False(missing.HasInterval);
        Assert.False(negative.HasInterval);
    }
}
