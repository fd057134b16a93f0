namespace Learners.Metrics;

/// <summary>Several writers as one. Owns them.</summary>
internal sealed class CompositeMetricsWriter(params IMetricsWriter[] writers) : IMetricsWriter
{
    /// <inheritdoc/>
    public void Write(long environmentSteps, ReadOnlySpan<Metric> metrics)
    {
        foreach (IMetricsWriter writer in writers)
        {
            writer.Write(environmentSteps, metrics);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        foreach (IMetricsWriter writer in writers)
        {
            writer.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IMetricsWriter writer in writers)
        {
            writer.Dispose();
        }
    }
}
