using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class CompositeMetricsWriterTests
{
    [Fact]
    public void Write_TwoWriters_ReachesBothInOrder()
    {
        var log = new List<string>();
        using (var composite = new CompositeMetricsWriter(new Recorder("a", log), new Recorder("b", log)))
        {
            composite.Write(7, new Metric("x", 1));
            composite.Flush();
        }

        Assert.Equal(["a 7 x=1", "b 7 x=1", "a flush", "b flush", "a dispose", "b dispose"], log);
    }

    [Fact]
    public void Write_NoWriters_DoesNothing()
    {
        using var composite = new CompositeMetricsWriter();
        composite.Write(7, new Metric("x", 1));
        composite.Flush();
    }

    [Fact]
    public void Dispose_FirstWriterFails_DisposesTheRestAndThrowsUnchanged()
    {
        var log = new List<string>();
        var failure = new IOException("No space left.");
        var composite = new CompositeMetricsWriter(new Recorder("a", log, failure), new Recorder("b", log));

        IOException thrown = Assert.Throws<IOException>(composite.Dispose);

        Assert.Same(failure, thrown);
        Assert.Equal(["a dispose", "b dispose"], log);
    }

    private sealed class Recorder(string name, List<string> log, Exception? failure = null) : IMetricsWriter
    {
        public void Write(long environmentSteps, params ReadOnlySpan<Metric> metrics) =>
            log.Add($"{name} {environmentSteps} {metrics[0].Tag}={metrics[0].Value}");

        public void Flush() => log.Add($"{name} flush");

        public void Dispose()
        {
            log.Add($"{name} dispose");
            if (failure is not null)
            {
                throw failure;
            }
        }
    }
}
