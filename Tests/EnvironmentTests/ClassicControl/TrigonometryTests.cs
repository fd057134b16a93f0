using Environments.ClassicControl;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.ClassicControl;

public sealed class TrigonometryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(99_000)]
    public void SinCos_AnglesInRange_AreWithinOneUnitInTheLastPlace(double limit)
    {
        var random = new Pcg64(5);
        for (int i = 0; i < 200_000; i++)
        {
            double angle = random.NextUniform(-limit, limit);
            (double sin, double cos) = Trigonometry.SinCos(angle);
            Assert.InRange(Math.Abs(sin - Math.Sin(angle)), 0, Unit(Math.Sin(angle)));
            Assert.InRange(Math.Abs(cos - Math.Cos(angle)), 0, Unit(Math.Cos(angle)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Math.PI / 2)]
    [InlineData(Math.PI)]
    [InlineData(-3 * Math.PI / 2)]
    [InlineData(0.75 * Math.PI)]
    [InlineData(1e6)]
    [InlineData(-1e300)]
    public void SinCos_SpecialAngles_AgreeWithTheLibrary(double angle)
    {
        (double sin, double cos) = Trigonometry.SinCos(angle);
        Assert.Equal(Math.Sin(angle), sin, 2e-16);
        Assert.Equal(Math.Cos(angle), cos, 2e-16);
    }

    [Fact]
    public void SinCos_NaN_IsNaN()
    {
        (double sin, double cos) = Trigonometry.SinCos(double.NaN);
        Assert.True(double.IsNaN(sin) && double.IsNaN(cos));
    }

    private static double Unit(double value) => Math.Max(Math.BitIncrement(Math.Abs(value)) - Math.Abs(value), 1e-20);
}
