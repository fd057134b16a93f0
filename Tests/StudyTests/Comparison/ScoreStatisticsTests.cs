using Environments.Randomness;
using Studies.Comparison;
using Studies.Statistics;
using Xunit;

namespace Tests.StudyTests.Comparison;

public sealed class ScoreStatisticsTests
{
    // Three runs of two tasks.
    private static readonly ScoreMatrix Example = new([0.2, 0.4, 0.6], [1.5, 0.5, 3]);

    [Theory]
    [InlineData(4.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)]
    [InlineData(23.16667, 0.0, 1.0, 4.0, 9.0, 16.0, 25.0, 36.0, 49.0, 64.0, 81.0)] // six of ten values stay; exact quarters would give 22.5
    [InlineData(0.0, 0.0, 0.0, 0.0, 100.0)]
    public void InterquartileMean_OneTask_IsSciPysTrimmedMean(double expected, params double[] scores) =>
        Assert.Equal(expected, ScoreStatistics.InterquartileMean(new ScoreMatrix(scores)), 5);

    [Fact]
    public void InterquartileMean_SeveralTasks_TrimsAllValuesTogether() =>
        Assert.Equal(0.25, ScoreStatistics.InterquartileMean(new ScoreMatrix([0, 0, 0, 0], [0, 1, 9, 9])), 12); // each task for itself: 2.5

    [Fact]
    public void Aggregates_ExampleMatrix_AreThePublishedNumbers()
    {
        Assert.Equal(1.033333, ScoreStatistics.Mean(Example), 6);
        Assert.Equal(1.033333, ScoreStatistics.Median(Example), 6); // between two task means
        Assert.Equal(0.75, ScoreStatistics.InterquartileMean(Example), 12);
        Assert.Equal(0.383333, ScoreStatistics.OptimalityGap(Example), 6);
        Assert.Equal([0.5, 1 / 3.0], ScoreStatistics.RunScoreProfile(Example, [0.5, 1]));
        Assert.Equal([0.5], ScoreStatistics.AverageScoreProfile(Example, [1]));
    }

    [Fact]
    public void Mean_TasksOfUnequalRuns_WeighsTasksAlike()
    {
        var scores = new ScoreMatrix([1], [2, 4, 6], [100, 100]);

        Assert.Equal((1 + 4 + 100) / 3.0, ScoreStatistics.Mean(scores), 12);
        Assert.Equal(4, ScoreStatistics.Median(scores), 12);
        Assert.Equal(1, scores.FewestRuns);
    }

    [Fact]
    public void Median_OneTask_IsOfItsRuns() => Assert.Equal(2, ScoreStatistics.Median(new ScoreMatrix([9, 1, 2])), 12);

    [Fact]
    public void RunScoreProfile_NonNegativeScores_HasTheirMeanUnderIt()
    {
        const int parts = 30_000;
        double[] thresholds = [.. Enumerable.Range(0, parts).Select(i => 3.0 * (i + 0.5) / parts)];

        Assert.Equal(6.2 / 6, ScoreStatistics.RunScoreProfile(Example, thresholds).Average() * 3, 6);
    }

    [Fact]
    public void RunScoreProfile_ScoreEqualToTheThreshold_IsNotAboveIt() =>
        Assert.Equal([2 / 3.0, 0], ScoreStatistics.RunScoreProfile(new ScoreMatrix([1, 2, 2]), [1, 2]));

    [Fact]
    public void ProbabilityOfImprovement_PublishedExamples_AreMatched()
    {
        Assert.Equal(6 / 9.0, ScoreStatistics.ProbabilityOfImprovement(new([1, 2, 3]), new([0, 2, 2])), 12);
        Assert.Equal(0.583333, ScoreStatistics.ProbabilityOfImprovement(new([1, 2, 3], [5, 5, 5]), new([0, 2, 2], [5, 5, 5])), 6);
    }

    [Fact]
    public void ProbabilityOfImprovement_BothWays_SumsToOne()
    {
        var random = new Pcg64(3);
        for (int i = 0; i < 20; i++)
        {
            ScoreMatrix first = Draw(ref random, 4, 7);
            ScoreMatrix second = Draw(ref random, 6, 3);

            Assert.Equal(
                1,
                ScoreStatistics.ProbabilityOfImprovement(first, second) + ScoreStatistics.ProbabilityOfImprovement(second, first),
                12
            );
        }

        // Few different values, so that there are ties.
        static ScoreMatrix Draw(ref Pcg64 random, int firstRuns, int secondRuns)
        {
            var tasks = new double[][] { new double[firstRuns], new double[secondRuns] };
            foreach (double[] runs in tasks)
            {
                for (int i = 0; i < runs.Length; i++)
                {
                    runs[i] = random.NextInt(0, 4);
                }
            }
            return new ScoreMatrix(tasks);
        }
    }

    [Theory]
    [InlineData(0.5, 0.638163)]
    [InlineData(1, 0.760250)]
    public void ProbabilityOfImprovement_ShiftedNormals_IsTheNormalDistributionAtTheShiftOverRootTwo(
        double shift,
        double expected
    )
    {
        const int count = 300;
        double[] quantiles = [.. Enumerable.Range(0, count).Select(i => Quantile((i + 0.5) / count))];

        double probability = ScoreStatistics.ProbabilityOfImprovement(
            new([.. quantiles.Select(quantile => quantile + shift)]),
            new(quantiles)
        );

        Assert.Equal(expected, probability, 0.002);
        Assert.Equal(expected, 1 - SampleStatistics.NormalTail(shift / Math.Sqrt(2)), 6);

        static double Quantile(double share)
        {
            if (share < 0.5)
            {
                return -Quantile(1 - share);
            }
            (double low, double high) = (0, 5);
            for (int i = 0; i < 30; i++)
            {
                double middle = (low + high) / 2;
                (low, high) = SampleStatistics.NormalTail(middle) > 1 - share ? (middle, high) : (low, middle);
            }
            return low;
        }
    }

    [Fact]
    public void ProbabilityOfImprovement_OtherTasks_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ScoreStatistics.ProbabilityOfImprovement(new([1]), new([1], [2])));

    [Fact]
    public void Create_TaskWithoutRunsOrNumbers_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new ScoreMatrix());
        Assert.Throws<ArgumentException>(() => new ScoreMatrix([1], []));
        Assert.Throws<ArgumentException>(() => new ScoreMatrix([1, double.NaN]));
    }
}
