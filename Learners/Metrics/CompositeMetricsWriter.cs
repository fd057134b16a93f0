using System.Runtime.ExceptionServices;

namespace Learners.Metrics;

/// <summary>Records the same curves in several places. Owns the writers it is given.</summary>
/// <param name="writers">Where to, in this order; none is fine.</param>
internal sealed class CompositeMetricsWriter(params IReadOnlyList<IMetricsWriter> writers) : IMetricsWriter
{
    /// <inheritdoc/>
    public void Write(long environmentSteps, params ReadOnlySpan<Metric> metrics)
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

    /// <summary>Disposes of every writer, even when one fails; the first failure surfaces afterwards.</summary>
    public void Dispose()
    {
        ExceptionDispatchInfo? failure = null;
        foreach (IMetricsWriter writer in writers)
        {
            try
            {
                writer.Dispose();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }
        failure?.Throw();
    }
}
