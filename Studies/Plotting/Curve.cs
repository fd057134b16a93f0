namespace Studies.Plotting;

/// <summary>A mean over seeds along environment steps, with a band around it.</summary>
internal sealed record Curve
{
    private const int Resamples = 1_000;
    private const ulong Seed = 20260101;

    /// <summary>Name in the legend.</summary>
    public required string Label { get; init; }

    /// <summary>Environment steps, rising, <c>[n]</c>.</summary>
    public required double[] Steps { get; init; }

    /// <summary>Mean over the seeds, <c>[n]</c>.</summary>
    public required double[] Mean { get; init; }

    /// <summary>Lower end of the 95 % bootstrap interval of the mean, <c>[n]</c>; equal to the mean for one seed.</summary>
    public required double[] Low { get; init; }

    /// <summary>Upper end, <c>[n]</c>.</summary>
    public required double[] High { get; init; }

    /// <summary>Seeds.</summary>
    public required int Seeds { get; init; }

    /// <summary>The mean and band of the runs of one group.</summary>
    /// <param name="label">Name in the legend.</param>
    /// <param name="moments">Environment steps, rising, <c>[n]</c>.</param>
    /// <param name="runs">
    /// Numbers of each seed at those moments, <c>[seeds][n]</c>. Moments at which a seed has none are left out, so that the mean never changes
    /// its members.
    /// </param>
    /// <returns>Null where no moment has numbers of all seeds.</returns>
    public static Curve? Of(string label, double[] moments, IReadOnlyList<double[]> runs)
    {
        int[] whole =
        [
            .. Enumerable.Range(0, moments.Length).Where(m => runs.Count > 0 && runs.All(run => !double.IsNaN(run[m]))),
        ];
        if (whole.Length == 0)
        {
            return null;
        }
        var mean = new double[whole.Length];
        var low = new double[whole.Length];
        var high = new double[whole.Length];
        int[][] draws = Statistics.Bootstrap.Draws(runs.Count, Resamples, Seed);
        var values = new double[runs.Count];
        for (int i = 0; i < whole.Length; i++)
        {
            for (int run = 0; run < values.Length; run++)
            {
                values[run] = runs[run][whole[i]];
            }
            mean[i] = values.Average();
            (low[i], high[i]) = Statistics.Bootstrap.BandOfMean(values, draws);
        }
        return new Curve
        {
            Label = label,
            Steps = [.. whole.Select(m => moments[m])],
            Mean = mean,
            Low = low,
            High = high,
            Seeds = runs.Count,
        };
    }
}
