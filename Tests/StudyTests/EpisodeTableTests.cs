using Studies.Statistics;
using Xunit;

namespace Tests.StudyTests;

public sealed class EpisodeTableTests
{
    // Means of the last two: –, 1.5, 2.5, 6.5, 6.
    private static readonly EpisodeTable Table = new([10, 20, 20, 30, 50], [1, 2, 3, 10, 2]);

    [Fact]
    public void StepsTo_Reached_IsTheFirstMomentAtWhichTheWindowIsFullAndItsMeanThere()
    {
        Assert.Equal(RunValue.Known(20), Table.StepsTo(2.5, 2, 60));
        Assert.Equal(RunValue.Known(30), Table.StepsTo(2.6, 2, 60));
        Assert.Equal(RunValue.Known(10), Table.StepsTo(1, 1, 60));
        // Five episodes average 3.6; the first four average 4 but are no window of five.
        Assert.Equal(RunValue.Known(50), Table.StepsTo(3.6, 5, 60));
        Assert.Equal(RunValue.MoreThan(60), Table.StepsTo(3.7, 5, 60));
    }

    [Fact]
    public void StepsTo_NeverReachedOrWindowNeverFull_IsMoreThanTheStepsDone()
    {
        RunValue value = Table.StepsTo(7, 2, 60);

        Assert.True(value.IsCensored);
        Assert.Equal((60, double.PositiveInfinity), (value.Low, value.High));
        Assert.Equal(RunValue.MoreThan(60), Table.StepsTo(0, 6, 60));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 3)] // from 5 to 2
    [InlineData(6, double.NaN)]
    public void LargestDrop_IsFromTheBestBefore(int window, double expected) =>
        Assert.Equal(expected, new EpisodeTable([1, 2, 3, 4, 5], [1, 6, 4, 3, 1]).LargestDrop(window));

    [Fact]
    public void FinalMeanAndSuccessRate_LookAtTheLastEpisodes()
    {
        Assert.Equal(5, Table.FinalMean(3));
        Assert.Equal(3.6, Table.FinalMean(100), 12);
        Assert.Equal(1 / 3.0, Table.SuccessRate(4, 3), 12);
        Assert.True(double.IsNaN(new EpisodeTable([], []).FinalMean(3)));
    }

    [Fact]
    public void AreaUnderCurve_StepFunction_IsItsMeanOverSteps()
    {
        // 1 from 10 to 20, 2.5 from 20 to 30, 6.5 from 30 to 50, 6 from 50 to 60.
        Assert.Equal((10 * 1 + 10 * 2.5 + 20 * 6.5 + 10 * 6) / 50, Table.AreaUnderCurve(2, 60), 12);
    }

    [Fact]
    public void Curve_Moments_HoldTheMeanSoFar()
    {
        double[] curve = Table.Curve([5, 10, 25, 50], 2);

        Assert.True(double.IsNaN(curve[0]));
        Assert.Equal([1, 2.5, 6], curve[1..]);
    }
}
