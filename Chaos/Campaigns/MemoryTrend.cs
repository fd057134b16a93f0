namespace Chaos.Campaigns;

/// <summary>Fits a line to the resident memory of a process over time.</summary>
internal sealed class MemoryTrend
{
    private readonly List<(double Seconds, double Bytes)> _samples = [];

    /// <summary>Samples so far.</summary>
    public int Count => _samples.Count;

    /// <summary>Adds a sample; 0 bytes mean that the process was gone and are left out.</summary>
    public void Add(double seconds, long bytes)
    {
        if (bytes > 0)
        {
            _samples.Add((seconds, bytes));
        }
    }

    /// <summary>The fitted line from a moment to the last sample.</summary>
    /// <param name="fromSeconds">Earlier samples are left out.</param>
    /// <returns>Bytes at its beginning, and how many more at its end; not numbers where there are fewer than two samples.</returns>
    public (double Bytes, double Growth) Fit(double fromSeconds)
    {
        (double Seconds, double Bytes)[] late = [.. _samples.Where(sample => sample.Seconds >= fromSeconds)];
        if (late.Length < 2)
        {
            return (double.NaN, double.NaN);
        }
        double meanSeconds = late.Average(sample => sample.Seconds);
        double meanBytes = late.Average(sample => sample.Bytes);
        double covariance = late.Sum(sample => (sample.Seconds - meanSeconds) * (sample.Bytes - meanBytes));
        double variance = late.Sum(sample => (sample.Seconds - meanSeconds) * (sample.Seconds - meanSeconds));
        double slope = covariance / variance;
        double growth = slope * (late[^1].Seconds - late[0].Seconds);
        return (meanBytes - slope * (meanSeconds - late[0].Seconds), growth);
    }

    /// <summary>Adds the trend to a report: flat is what grows by at most 2 %, or 5 MB, whichever is more.</summary>
    public void AddTo(ChaosReport report, string name, double fromSeconds)
    {
        (double bytes, double growth) = Fit(fromSeconds);
        report.Add($"{name}_megabytes", bytes / 1e6);
        report.AddAtMost($"{name}_growth_megabytes", growth / 1e6, Math.Max(5, 0.02 * bytes / 1e6));
    }
}
