using Environments.Randomness;
using Studies.Claims;

namespace Studies.Statistics;

/// <summary>
/// Bootstrap intervals of a statistic, a ratio or a difference: seeds are drawn anew, with replacement, within each arm and task
/// (stratified), and the interval is cut from the percentiles of the results, expanded for small samples.
/// </summary>
/// <remarks>
/// Percentiles, not BCa: the jackknife behind BCa's acceleration is inconsistent for medians (Efron and Tibshirani 1993, chapter 11),
/// and censored runs have no mean. Censored runs take part with both of their bounds: each resample gives the smallest and the largest
/// value that is possible, and the interval runs from the lower percentile of the former to the upper one of the latter. So it covers
/// the truth whatever the censored runs would have reached.
/// </remarks>
internal static class Bootstrap
{
    /// <summary>Resamples of an interval.</summary>
    public const int Resamples = 10_000;

    /// <summary>The statistic of one arm on one task.</summary>
    public static Estimate OfArm(RunValue[] values, Statistic statistic, ulong seed) =>
        Run([(values, [])], (first, _) => Of(first, statistic), bounds => bounds[0], seed);

    /// <summary>The effect of a first arm against a second over tasks.</summary>
    /// <param name="effect">Ratio, over tasks the geometric mean, or difference, over tasks the mean.</param>
    /// <param name="tasks">Runs of both arms on each task.</param>
    /// <param name="statistic">How seeds become one number.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="isPaired">Whether runs of one position in both arms are drawn together, since their seeds have something in common.</param>
    public static Estimate OfEffect(
        EffectKind effect,
        IReadOnlyList<(RunValue[] First, RunValue[] Second)> tasks,
        Statistic statistic,
        ulong seed,
        bool isPaired = false
    )
    {
        bool ratio = effect.IsRatio();
        return Run(
            tasks,
            (first, second) => Compare(Of(first, statistic), Of(second, statistic), ratio),
            bounds => Combine(bounds, ratio),
            seed,
            isPaired
        );
    }

    /// <summary>The interval of a mean, by plain percentiles: the band around a curve.</summary>
    /// <param name="values">At least one number, none of them not a number.</param>
    /// <param name="draws">Positions in the sample, one row of <c>values.Length</c> per resample.</param>
    public static (double Low, double High) BandOfMean(ReadOnlySpan<double> values, int[][] draws)
    {
        var means = new double[draws.Length];
        for (int r = 0; r < draws.Length; r++)
        {
            double sum = 0;
            foreach (int draw in draws[r])
            {
                sum += values[draw];
            }
            means[r] = sum / values.Length;
        }
        Array.Sort(means);
        return (Percentile(means, 0.025), Percentile(means, 0.975));
    }

    /// <summary>Positions of resamples of n, the same for every moment of a curve.</summary>
    public static int[][] Draws(int count, int resamples, ulong seed)
    {
        var random = new Pcg64(seed);
        var draws = new int[resamples][];
        for (int r = 0; r < resamples; r++)
        {
            draws[r] = new int[count];
            for (int i = 0; i < count; i++)
            {
                draws[r][i] = random.NextInt(0, count);
            }
        }
        return draws;
    }

    private static Estimate Run(
        IReadOnlyList<(RunValue[] First, RunValue[] Second)> tasks,
        Func<RunValue[], RunValue[], RunValue> ofTask,
        Func<RunValue[], RunValue> combine,
        ulong seed,
        bool isPaired = false
    )
    {
        RunValue[][] samples =
        [
            .. tasks.SelectMany(task => (RunValue[][])[task.First, task.Second]).Where(sample => sample.Length > 0),
        ];
        if (
            samples.Length == 0
            || tasks.Any(task => task.First.Length == 0)
            || samples.Any(sample => sample.Any(value => value.IsMissing))
        )
        {
            return Estimate.None;
        }
        int smallest = samples.Min(sample => sample.Length);
        RunValue point = combine([.. tasks.Select(task => ofTask(task.First, task.Second))]);
        if (smallest < Estimate.LeastSeeds || point.IsMissing)
        {
            return new Estimate(point.Low, point.High, double.NaN, double.NaN, smallest);
        }

        var random = new Pcg64(seed);
        var lows = new double[Resamples];
        var highs = new double[Resamples];
        var bounds = new RunValue[tasks.Count];
        (RunValue[] First, RunValue[] Second)[] drawn =
        [
            .. tasks.Select(task => (new RunValue[task.First.Length], new RunValue[task.Second.Length])),
        ];
        for (int r = 0; r < Resamples; r++)
        {
            for (int t = 0; t < bounds.Length; t++)
            {
                Pcg64 together = random;
                Draw(tasks[t].First, drawn[t].First, ref random);
                Draw(tasks[t].Second, drawn[t].Second, ref isPaired ? ref together : ref random);
                bounds[t] = ofTask(drawn[t].First, drawn[t].Second);
            }
            RunValue result = combine(bounds);
            if (result.IsMissing)
            {
                return new Estimate(point.Low, point.High, double.NaN, double.NaN, smallest);
            }
            (lows[r], highs[r]) = (result.Low, result.High);
        }
        Array.Sort(lows);
        Array.Sort(highs);
        double tail = SampleStatistics.ExpandedTail(smallest);
        return new Estimate(point.Low, point.High, Percentile(lows, tail), Percentile(highs, 1 - tail), smallest);
    }

    private static void Draw(RunValue[] from, RunValue[] to, ref Pcg64 random)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[random.NextInt(0, from.Length)];
        }
    }

    private static RunValue Of(RunValue[] values, Statistic statistic)
    {
        Span<double> bounds = values.Length <= 128 ? stackalloc double[values.Length] : new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            bounds[i] = values[i].Low;
        }
        double low = SampleStatistics.Of(statistic, bounds);
        for (int i = 0; i < values.Length; i++)
        {
            bounds[i] = values[i].High;
        }
        return new RunValue(low, SampleStatistics.Of(statistic, bounds));
    }

    // A ratio says something about positive numbers only.
    private static RunValue Compare(RunValue first, RunValue second, bool ratio) =>
        !ratio ? new RunValue(first.Low - second.High, first.High - second.Low)
        : first.Low > 0 && second.Low > 0 ? new RunValue(first.Low / second.High, first.High / second.Low)
        : RunValue.Missing;

    private static RunValue Combine(RunValue[] tasks, bool ratio)
    {
        double low = 0;
        double high = 0;
        foreach (RunValue task in tasks)
        {
            low += ratio ? Math.Log(task.Low) : task.Low;
            high += ratio ? Math.Log(task.High) : task.High;
        }
        (low, high) = (low / tasks.Length, high / tasks.Length);
        return ratio ? new RunValue(Math.Exp(low), Math.Exp(high)) : new RunValue(low, high);
    }

    /// <summary>A percentile: the nearest rank outwards, so that infinite results are never averaged with finite ones.</summary>
    /// <param name="sorted">At least one number, rising.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double Percentile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        return sorted[(int)(share < 0.5 ? Math.Floor(position) : Math.Ceiling(position))];
    }
}
