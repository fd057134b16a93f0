using Studies.Claims;
using Studies.Statistics;
using Xunit;

namespace Tests.StudyTests;

public sealed class VerdictTests
{
    private static Estimate Interval(double low, double high) => new((low + high) / 2, (low + high) / 2, low, high, 5);

    [Theory]
    [InlineData(0.5, 0.9, null, "seen")] // all on the claimed side
    [InlineData(0.5, 0.9, 0.7, "seen")] // and the claimed size is possible
    [InlineData(0.75, 0.9, 0.7, "not seen")] // an effect, but surely smaller than claimed
    [InlineData(0.5, 1.1, 0.7, "unclear")] // none is possible
    [InlineData(0.5, 1.0, 0.7, "unclear")]
    [InlineData(0.9, 1.1, 0.7, "not seen")] // surely not of that size
    [InlineData(0.9, 1.1, null, "unclear")]
    [InlineData(1.1, 1.3, null, "not seen")] // the other side
    [InlineData(double.NaN, double.NaN, 0.7, "unclear")]
    [InlineData(0, double.PositiveInfinity, 0.7, "unclear")]
    public void OfEffect_RatioExpectedBelow_FollowsTheInterval(double low, double high, double? size, string expected) =>
        Assert.Equal(expected, Verdicts.OfEffect(Interval(low, high), EffectKind.Ratio, Expectation.Below, size).InWords());

    [Theory]
    [InlineData(1, 9, 5.0, "seen")]
    [InlineData(1, 4, 5.0, "not seen")]
    [InlineData(-1, 9, 5.0, "unclear")]
    [InlineData(-9, -1, null, "not seen")]
    public void OfEffect_DifferenceExpectedAbove_FollowsTheInterval(double low, double high, double? size, string expected) =>
        Assert.Equal(expected, Verdicts.OfEffect(Interval(low, high), EffectKind.Difference, Expectation.Above, size).InWords());

    [Fact]
    public void OfEffect_NothingExpected_IsNoVerdict() =>
        Assert.Equal(Verdict.None, Verdicts.OfEffect(Interval(1, 2), EffectKind.Ratio, Expectation.None, null));

    [Theory]
    [InlineData(476, 500, "seen")]
    [InlineData(460, 500, "unclear")] // the mean alone, 480, would have passed
    [InlineData(400, 470, "not seen")]
    public void OfBar_ExpectedAbove_NeedsTheWholeInterval(double low, double high, string expected) =>
        Assert.Equal(expected, Verdicts.OfBar(Interval(low, high), Expectation.Above, 475).InWords());

    [Theory]
    [InlineData(new double[] { 500, 500, 490, 480, 100 }, 5, "seen", 4)]
    [InlineData(new double[] { 500, 500, 490, 100, 100 }, 5, "not seen", 3)]
    [InlineData(new double[] { 500, 500, 490 }, 5, "unclear", 3)] // fewer seeds than claimed never suffice
    [InlineData(new double[] { 500, 500, 490, 480, double.NaN }, 5, "seen", 4)]
    [InlineData(new double[] { 500, 500, 490, double.NaN, double.NaN }, 5, "unclear", 3)]
    public void OfShare_FourOfFive_CountsSeeds(double[] values, int claimed, string expected, int reached)
    {
        (Verdict verdict, int count) = Verdicts.OfShare([.. values.Select(RunValue.Known)], Expectation.Above, 475, 0.8, claimed);

        Assert.Equal((expected, reached), (verdict.InWords(), count));
    }

    [Fact]
    public void OfShare_CensoredBelowTheBar_DecidesNothing()
    {
        RunValue[] values = [RunValue.Known(90), RunValue.Known(95), RunValue.MoreThan(50)];

        Assert.Equal(Verdict.Unclear, Verdicts.OfShare(values, Expectation.Below, 100, 1, 3).Verdict);
        Assert.Equal(
            Verdict.NotSeen,
            Verdicts.OfShare([.. values[..2], RunValue.MoreThan(101)], Expectation.Below, 100, 1, 3).Verdict
        );
    }

    [Fact]
    public void OfAll_OneAgainst_IsAgainst()
    {
        Assert.Equal(Verdict.Seen, Verdicts.OfAll([Verdict.Seen, Verdict.None]));
        Assert.Equal(Verdict.Unclear, Verdicts.OfAll([Verdict.Seen, Verdict.Unclear]));
        Assert.Equal(Verdict.NotSeen, Verdicts.OfAll([Verdict.Unclear, Verdict.NotSeen, Verdict.Seen]));
        Assert.Equal(Verdict.None, Verdicts.OfAll([]));
    }
}
