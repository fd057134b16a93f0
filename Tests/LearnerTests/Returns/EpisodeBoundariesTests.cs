using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Returns;

public sealed class EpisodeBoundariesTests
{
    [Fact]
    public void Fill_EveryKindOfStep_ZeroesTheDiscountOnlyWhereTheTaskEnded()
    {
        var discounts = new float[4];
        var lambdas = new float[4];

        EpisodeBoundaries.Fill([false, true, false, true], [false, false, true, true], 0.99f, 0.95f, discounts, lambdas);

        Assert.Equal([0.99f, 0, 0.99f, 0], discounts);
        Assert.Equal([0.95f, 0, 0, 0], lambdas);
    }

    [Theory]
    [InlineData(3, 4, 4)]
    [InlineData(4, 5, 4)]
    [InlineData(4, 4, 0)]
    public void Fill_WrongLengths_Throws(int truncated, int discounts, int lambdas) =>
        Assert.Throws<ArgumentException>(() =>
            EpisodeBoundaries.Fill(new bool[4], new bool[truncated], 1, 1, new float[discounts], new float[lambdas])
        );
}
