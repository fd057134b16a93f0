using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Returns;

public sealed class ExplainedVarianceTests
{
    [Theory]
    [InlineData(new[] { 1f, 2, 3, 4 }, new[] { 1f, 2, 3, 4 }, 1)]
    [InlineData(new[] { 0f, 0, 0, 0 }, new[] { 1f, 2, 3, 4 }, 0)]
    [InlineData(new[] { 7f, 8, 9, 10 }, new[] { 1f, 2, 3, 4 }, 1)] // a constant off
    [InlineData(new[] { 4f, 3, 2, 1 }, new[] { 1f, 2, 3, 4 }, -3)]
    public void Of_FewNumbers_EqualsClosedForm(float[] values, float[] returns, double expected) =>
        Assert.Equal(expected, ExplainedVariance.Of(values, returns), 1e-12);

    [Fact]
    public void Of_ReturnsThatVaryLittleBesideTheirMean_StaysExact()
    {
        float[] returns = [1e6f, 1e6f + 4, 1e6f + 8];
        float[] values = [1e6f, 1e6f + 2, 1e6f + 4];

        Assert.Equal(0.75, ExplainedVariance.Of(values, returns), 1e-9);
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(1e6f)]
    [InlineData(0f)]
    public void Of_ReturnsThatDifferByRoundingOnly_IsNaN(float constant)
    {
        float[] returns = [constant, MathF.BitIncrement(constant), constant, constant];
        if (constant == 0)
        {
            returns[1] = 0;
        }

        Assert.Equal(double.NaN, ExplainedVariance.Of([0.3f, -0.2f, 0.1f, 0.5f], returns));
    }

    [Fact]
    public void Of_ValuesThatAreNoNumbers_IsNaN() => Assert.Equal(double.NaN, ExplainedVariance.Of([float.NaN, 1], [1, 2]));
}
