using Studies.Comparison;
using Studies.Statistics;
using Xunit;

namespace Tests.StudyTests.Comparison;

public sealed class StratifiedBootstrapTests
{
    private const ulong Seed = 5;

    [Fact]
    public void Distribution_OfTheMean_HasTheStandardErrorOfStrata()
    {
        var scores = new ScoreMatrix([0.2, 0.4, 0.6], [1.5, 0.5, 3]);

        double[] means = StratifiedBootstrap.Distribution(scores, ScoreStatistics.Mean, Seed, 200_000);

        // √(Σ v_m / N) / M with the population variances of both tasks
        Assert.Equal(0.300308, StandardDeviation(means), 0.002);
        Assert.Equal(1.033333, means.Average(), 0.003);
    }

    [Fact]
    public void Distribution_ThreeRuns_HasTheSharesOfAllTwentySevenResamples()
    {
        double[] runs = [1, 2, 4];
        const int resamples = 100_000;

        double[] means = StratifiedBootstrap.Distribution(new ScoreMatrix(runs), ScoreStatistics.Mean, Seed, resamples);

        double[] sums = [.. from a in runs from b in runs from c in runs select a + b + c];
        Assert.Equal(1, sums.Count(sum => sum == 3)); // so P(mean = 1) is 1/27
        foreach (IGrouping<double, double> sum in sums.GroupBy(sum => sum))
        {
            double share = means.Count(mean => Math.Abs(mean - sum.Key / 3) < 1e-9) / (double)resamples;
            Assert.Equal(sum.Count() / 27.0, share, 0.006); // four standard deviations
        }
    }

    /// <summary>
    /// What one task gains the other loses in the same run: whole runs drawn together would always have the mean ½, tasks drawn for themselves do not.
    /// </summary>
    [Fact]
    public void Distribution_TasksThatBalanceWithinRuns_IsDrawnPerTask()
    {
        var scores = new ScoreMatrix([0, 1, 0, 1], [1, 0, 1, 0]);

        double[] means = StratifiedBootstrap.Distribution(scores, ScoreStatistics.Mean, Seed, 20_000);

        Assert.Equal(Math.Sqrt(0.25 / 4 + 0.25 / 4) / 2, StandardDeviation(means), 0.005);
    }

    [Fact]
    public void Of_TasksOfDifferentSizes_NeverMixesThem()
    {
        Estimate estimate = StratifiedBootstrap.Of(new([1, 1, 1], [1001, 1001, 1001, 1001]), ScoreStatistics.Mean, Seed);

        Assert.Equal((501, 501, 501), (estimate.Low, estimate.IntervalLow, estimate.IntervalHigh));
        Assert.Equal(3, estimate.Seeds);
    }

    [Fact]
    public void Of_HalfZerosHalfOnes_CutsTheBinomialsTails()
    {
        // Binomial(10, ½) / 10: P(≤ 1) = 0.0107 and P(≤ 2) = 0.0547, so 2.5 % lie at 2.
        Estimate estimate = StratifiedBootstrap.Of(new([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), ScoreStatistics.Mean, Seed);

        Assert.Equal((0.5, 0.2, 0.8), (estimate.Low, estimate.IntervalLow, estimate.IntervalHigh));
    }

    [Fact]
    public void OfPair_TheSameScores_AreDrawnIndependently()
    {
        ScoreMatrix scores = new([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);

        Estimate difference = StratifiedBootstrap.OfPair(scores, scores, ScoreStatistics.DifferenceOfMeans, Seed);
        Estimate probability = StratifiedBootstrap.OfPair(scores, scores, ScoreStatistics.ProbabilityOfImprovement, Seed);

        Assert.Equal(0, difference.Low, 12);
        Assert.Equal(-0.4, difference.IntervalLow, 0.11); // ±1.96 · √(2 · 0.025) = ±0.44, in steps of 0.1; drawn together it would be 0
        Assert.Equal(0.4, difference.IntervalHigh, 0.11);
        Assert.Equal(0.5, probability.Low, 12);
        Assert.InRange(probability.IntervalLow, 0.2, 0.4);
        Assert.InRange(probability.IntervalHigh, 0.6, 0.8);
    }

    [Fact]
    public void Of_Seed_DecidesEveryDraw()
    {
        ScoreMatrix scores = new([3.1, 1.7, 4.2, 1.9, 5.3], [9.6, 2.5, 6.4]);

        Assert.Equal(
            StratifiedBootstrap.Of(scores, ScoreStatistics.InterquartileMean, 7),
            StratifiedBootstrap.Of(scores, ScoreStatistics.InterquartileMean, 7)
        );
        Assert.NotEqual(
            StratifiedBootstrap.Distribution(scores, ScoreStatistics.Mean, 7, 100),
            StratifiedBootstrap.Distribution(scores, ScoreStatistics.Mean, 8, 100)
        );
    }

    [Fact]
    public void Of_FewerThanThreeRunsOfATask_HasNoInterval()
    {
        Estimate alone = StratifiedBootstrap.Of(new([1, 2, 3], [4, 5]), ScoreStatistics.Mean, Seed);
        Estimate pair = StratifiedBootstrap.OfPair(new([1, 2, 3]), new([4, 5]), ScoreStatistics.DifferenceOfMeans, Seed);

        Assert.Equal((3.25, false, 2), (alone.Low, alone.HasInterval, alone.Seeds));
        Assert.Equal((-2.5, false, 2), (pair.Low, pair.HasInterval, pair.Seeds));
        Assert.Null(StratifiedBootstrap.ProfileOf(new([1, 2]), [1.5], Seed).Low);
    }

    [Fact]
    public void ProfileOf_HalfZerosHalfOnes_HasTheBinomialsBand()
    {
        PerformanceProfile profile = StratifiedBootstrap.ProfileOf(new([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), [-1, 0.5, 1], Seed);

        Assert.Equal([1, 0.5, 0], profile.Shares);
        Assert.Equal([1, 0.2, 0], profile.Low!);
        Assert.Equal([1, 0.8, 0], profile.High!);
    }

    private static double StandardDeviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
