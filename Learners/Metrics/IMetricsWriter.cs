namespace Learners.Metrics;

/// <summary>Records the curves of a run. Not synchronised: one thread writes.</summary>
/// <remarks>A folder that cannot be written, or a full disk, surfaces as the file system's own exception.</remarks>
internal interface IMetricsWriter : IDisposable
{
    /// <summary>Records what was measured at one moment; nothing happens when there are no metrics.</summary>
    /// <param name="environmentSteps">Environment steps so far, the x axis; not negative.</param>
    /// <param name="metrics">What was measured, each tag at most once.</param>
    void Write(long environmentSteps, params ReadOnlySpan<Metric> metrics);

    /// <summary>Hands everything written so far to the operating system, so that other programs see it.</summary>
    void Flush();
}
