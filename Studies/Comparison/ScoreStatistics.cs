using Studies.Claims;
using Studies.Statistics;

namespace Studies.Comparison;

/// <summary>
/// What becomes of many scores: the aggregates of Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical precipice"
/// (arXiv 2108.13264). N runs of M tasks give the scores x[n, m]; where tasks have different numbers of runs, "all values" still means all of them.
/// </summary>
internal static class ScoreStatistics
{
    /// <summary>The normalised score that the optimality gap counts from, τ₀: that of the reference.</summary>
    public const double Target = 1;

    /// <summary>Mean over the tasks of the mean over their runs (Agarwal et al. 2021, arXiv 2108.13264, section 4).</summary>
    public static double Mean(ScoreMatrix scores)
    {
        double sum = 0;
        for (int task = 0; task < scores.TaskCount; task++)
        {
            sum += MeanOf(scores.Runs(task));
        }
        return sum / scores.TaskCount;
    }

    /// <summary>
    /// Median over the tasks of the mean over their runs (Agarwal et al. 2021, arXiv 2108.13264, section 4); of one task alone the median of its runs, since the other
    /// would be the mean.
    /// </summary>
    public static double Median(ScoreMatrix scores) =>
        SampleStatistics.Of(Statistic.Median, scores.TaskCount == 1 ? scores.All.ToArray() : TaskMeans(scores));

    /// <summary>
    /// Interquartile mean: the mean after ⌊count / 4⌋ of all values were dropped at either end (Agarwal et al. 2021, arXiv 2108.13264, section 4.3; SciPy's trim_mean at
    /// a quarter).
    /// </summary>
    public static double InterquartileMean(ScoreMatrix scores) =>
        SampleStatistics.Of(Statistic.InterquartileMean, scores.All.ToArray());

    /// <summary>
    /// Optimality gap: by how much the runs fall short of the target on average, τ₀ − mean(min(x, τ₀)) over all values (Agarwal et al. 2021, arXiv 2108.13264,
    /// section 4.3). Smaller is better.
    /// </summary>
    public static double OptimalityGap(ScoreMatrix scores)
    {
        double sum = 0;
        foreach (double score in scores.All)
        {
            sum += Math.Min(score, Target);
        }
        return Target - sum / scores.All.Length;
    }

    /// <summary>Run-score profile: for each τ the share of all values above it, F(τ) (Agarwal et al. 2021, arXiv 2108.13264, section 4.2).</summary>
    /// <param name="scores">Scores.</param>
    /// <param name="thresholds">τ, rising.</param>
    /// <returns>Shares from 0 to 1, falling; one for each τ.</returns>
    public static double[] RunScoreProfile(ScoreMatrix scores, ReadOnlySpan<double> thresholds) =>
        SharesAbove(scores.All.ToArray(), thresholds);

    /// <summary>
    /// Average-score profile: for each τ the share of tasks whose mean is above it (Agarwal et al. 2021, arXiv 2108.13264, section 4.2). Biased for few runs; the run-score
    /// profile is not.
    /// </summary>
    /// <inheritdoc cref="RunScoreProfile"/>
    public static double[] AverageScoreProfile(ScoreMatrix scores, ReadOnlySpan<double> thresholds) =>
        SharesAbove(TaskMeans(scores), thresholds);

    /// <summary>
    /// Probability of improvement, P(X &gt; Y): on each task the share of pairs of runs that the first wins, ties counting half (the Mann-Whitney U statistic over
    /// N_x · N_y), and the mean of that over tasks (Agarwal et al. 2021, arXiv 2108.13264, section 4.3).
    /// </summary>
    /// <param name="first">X.</param>
    /// <param name="second">Y, on the same tasks in the same order.</param>
    public static double ProbabilityOfImprovement(ScoreMatrix first, ScoreMatrix second)
    {
        if (first.TaskCount != second.TaskCount)
        {
            throw new ArgumentException(
                $"Scores of {first.TaskCount} and of {second.TaskCount} tasks cannot be paired. Give both algorithms the same tasks.",
                nameof(second)
            );
        }
        double sum = 0;
        for (int task = 0; task < first.TaskCount; task++)
        {
            ReadOnlySpan<double> rivals = second.Runs(task);
            long halves = 0;
            foreach (double score in first.Runs(task))
            {
                foreach (double rival in rivals)
                {
                    halves +=
                        score > rival ? 2
                        : score == rival ? 1
                        : 0;
                }
            }
            sum += halves / (2.0 * first.Runs(task).Length * rivals.Length);
        }
        return sum / first.TaskCount;
    }

    /// <summary>Difference of the means of two algorithms, mean(X) − mean(Y) (Agarwal et al. 2021, arXiv 2108.13264, section 4).</summary>
    public static double DifferenceOfMeans(ScoreMatrix first, ScoreMatrix second) => Mean(first) - Mean(second);

    private static double[] SharesAbove(double[] values, ReadOnlySpan<double> thresholds)
    {
        Array.Sort(values);
        var shares = new double[thresholds.Length];
        int below = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            while (below < values.Length && values[below] <= thresholds[i])
            {
                below++;
            }
            shares[i] = (values.Length - below) / (double)values.Length;
        }
        return shares;
    }

    private static double[] TaskMeans(ScoreMatrix scores)
    {
        var means = new double[scores.TaskCount];
        for (int task = 0; task < means.Length; task++)
        {
            means[task] = MeanOf(scores.Runs(task));
        }
        return means;
    }

    private static double MeanOf(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return sum / values.Length;
    }
}
