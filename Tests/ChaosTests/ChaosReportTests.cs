using Chaos.Campaigns;
using Chaos.Fleets;
using Xunit;

namespace Tests.ChaosTests;

public sealed class ChaosReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3, 2, false)]
    [InlineData(2, 2, true)]
    [InlineData(double.NaN, 2, false)]
    public void Passed_FigureAndBar_OnlyWithinTheBar(double value, double bar, bool expected)
    {
        var report = new ChaosReport();
        report.Add("without_bar", double.NaN);
        report.AddAtMost("with_bar", value, bar);

        Assert.Equal(expected, report.Passed);
    }

    [Fact]
    public void Of_LostAndRepeatedUnrolls_AreCountedByNumber()
    {
        File.WriteAllText(_folder.In("a"), "a 1 0\na 1 1\na 2 0\na 2 1"); // the last line is torn
        File.WriteAllText(_folder.In("learner"), "a 1 0\na 2 0\nb 7 0\n# checkpoint 1\nb 7 0\n# checkpoint 2\n");

        UnrollCount count = UnrollCount.Of([_folder.In("a"), _folder.In("missing")], _folder.In("learner"));

        Assert.Equal(new UnrollCount(Acknowledged: 3, Trained: 3, Lost: 1, Twice: 1), count);
    }

    [Fact]
    public void Fit_Line_GivesItsBeginningAndGrowth()
    {
        var trend = new MemoryTrend();
        trend.Add(0, 1); // start-up, left out
        for (int second = 10; second <= 20; second++)
        {
            trend.Add(second, 1_000 + 5 * second);
        }
        trend.Add(21, 0); // gone

        (double bytes, double growth) = trend.Fit(fromSeconds: 10);

        Assert.Equal(1_050, bytes, 1e-6);
        Assert.Equal(50, growth, 1e-6);
    }
}
