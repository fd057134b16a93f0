using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class MetricAveragesTests
{
    [Fact]
    public void Drain_SeveralTags_GivesTheirMeansAndStartsOver()
    {
        var averages = new MetricAverages();
        averages.Add("a", 1);
        averages.Add("b", 5);
        averages.Add("a", double.NaN);
        averages.Add("a", 2);
        averages.Add("c", double.NaN);
        List<Metric> drained = [];

        averages.Drain(drained);
        averages.Drain(drained);

        Assert.Equal([new Metric("a", 1.5), new Metric("b", 5)], drained);
    }
}
