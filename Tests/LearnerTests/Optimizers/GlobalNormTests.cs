using Environments.Randomness;
using Learners.Optimizers;
using Xunit;

namespace Tests.LearnerTests.Optimizers;

public sealed class GlobalNormTests
{
    [Fact]
    public void Clip_LongerThanTheLimit_IsShortenedToIt()
    {
        float[] gradient = [3, 4];

        Assert.Equal(5, GlobalNorm.Clip(gradient, 0.5f));

        Assert.Equal(0.5 / (5 + 1e-6) * 3, gradient[0], 1e-7);
        Assert.Equal(0.5 / (5 + 1e-6) * 4, gradient[1], 1e-7);
    }

    [Theory]
    [InlineData(6f)]
    [InlineData(float.PositiveInfinity)]
    public void Clip_ShorterThanTheLimit_IsLeftAlone(float limit)
    {
        float[] gradient = [3, 4];

        Assert.Equal(5, GlobalNorm.Clip(gradient, limit));

        Assert.Equal([3, 4], gradient);
    }

    [Theory]
    [InlineData(1_000_000, 1.0)]
    [InlineData(1_000_000, 1e-4)]
    [InlineData(1_025, 1.0)]
    [InlineData(5, 1.0)]
    public void Clip_ManyNumbers_MeasuresToOnePartInAMillion(int size, double scale)
    {
        var random = new Pcg64(51);
        var gradient = new float[size];
        double squares = 0;
        for (int i = 0; i < size; i++)
        {
            gradient[i] = (float)(scale * (1 + random.NextGaussian()));
            squares += (double)gradient[i] * gradient[i];
        }

        double norm = GlobalNorm.Clip(gradient, float.PositiveInfinity);

        Assert.InRange(norm / Math.Sqrt(squares), 1 - 1e-6, 1 + 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Clip_NotFinite_ReturnsItAndLeavesTheGradientAlone(float bad)
    {
        foreach (int place in new[] { 0, 1_030, 1_034 })
        {
            float[] gradient = [.. Enumerable.Repeat(2f, 1_035)];
            gradient[place] = bad;
            float[] before = [.. gradient];

            Assert.False(float.IsFinite(GlobalNorm.Clip(gradient, 0.5f)));

            Assert.Equal(before, gradient);
        }
    }

    [Fact]
    public void Clip_NoNumbers_HasNoLength() => Assert.Equal(0, GlobalNorm.Clip([], 0.5f));
}
