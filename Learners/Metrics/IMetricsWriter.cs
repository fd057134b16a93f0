namespace Learners.Metrics;

/// <summary>Where a run's metrics go. Owns its file.</summary>
internal interface IMetricsWriter : IDisposable
{
    /// <summary>Writes metrics of one moment.</summary>
    /// <param name="environmentSteps">Environment steps done, the x-axis.</param>
    /// <param name="metrics">Numbers; a tag stands at most once.</param>
    void Write(long environmentSteps, ReadOnlySpan<Metric> metrics);

    /// <summary>Puts everything written so far into the file.</summary>
    void Flush();
}
