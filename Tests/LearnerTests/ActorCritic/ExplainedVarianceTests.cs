using Learners.ActorCritic;
using Xunit;

namespace Tests.LearnerTests.ActorCritic;

public sealed class ExplainedVarianceTests
{
    [Theory]
    [InlineData(new float[] { 1, 2, 3, 4 }, 1)]
    [InlineData(new float[] { 11, 12, 13, 14 }, 1)] // a constant shift explains as much
    [InlineData(new float[] { 2, 2, 2, 2 }, 0)]
    [InlineData(new float[] { 1, 1, 3, 3 }, 0.8)]
    [InlineData(new float[] { -1, -2, -3, -4 }, -3)]
    public void Of_KnownValues_IsOneLessTheShareOfTheResidual(float[] values, double expected) =>
        Assert.Equal(expected, ExplainedVariance.Of(values, [1, 2, 3, 4]), 1e-12);

    [Fact]
    public void Of_ReturnsThatDifferByRoundingOnly_IsNotANumber()
    {
        // As with discount 0 and reward 0.1: (0.1 − V) + V.
        float[] values = [.. Enumerable.Range(0, 64).Select(i => 0.37f + 0.01f * i)];
        float[] returns = [.. values.Select(value => (0.1f - value) + value)];
        Assert.True(returns.Distinct().Count() > 1, "the returns are equal");

        Assert.True(double.IsNaN(ExplainedVariance.Of(values, returns)));
    }

    [Fact]
    public void Of_EqualReturns_IsNotANumber() => Assert.True(double.IsNaN(ExplainedVariance.Of([1, 2], [0, 0])));

    [Fact]
    public void Of_ReturnsFarFromZero_KeepsItsDigits()
    {
        float[] returns = [1_000_000, 1_000_100, 1_000_200, 1_000_300];
        float[] values = [1_000_010, 1_000_090, 1_000_210, 1_000_290];

        Assert.Equal(1 - 100.0 / 12_500, ExplainedVariance.Of(values, returns), 1e-12);
    }
}
