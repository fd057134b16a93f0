using System.Runtime.Intrinsics;
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
    [InlineData(0.25, 0.535, 0.52)]
    [InlineData(0.785, 0.8, 0.8)]
    [InlineData(1000, 0.8, 0.8)]
    public void SinCos_Angles_AreAsCloseToTheExactValuesAsIsSaid(double limit, double sinUnits, double cosUnits)
    {
        var random = new Pcg64(6);
        for (int i = 0; i < 5_000; i++)
        {
            double angle = random.NextUniform(-limit, limit);
            (decimal exactSin, decimal exactCos) = DecimalSinCos(angle);
            (double sin, double cos) = Trigonometry.SinCos(angle);
            if (Math.Min(Math.Abs(sin), Math.Abs(cos)) > 1e-3) // nearer to a multiple of π/2 28 digits are too few to judge
            {
                Assert.InRange((double)Math.Abs(Exact(sin) - exactSin), 0, sinUnits * Unit(sin));
                Assert.InRange((double)Math.Abs(Exact(cos) - exactCos), 0, cosUnits * Unit(cos));
            }
        }
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.7853981633974483)]
    [InlineData(4)]
    [InlineData(1e4)]
    [InlineData(2e5)]
    public void SinCos_EveryForm_GivesTheSameBits(double limit)
    {
        var random = new Pcg64(7);
        for (int i = 0; i < 10_000; i++)
        {
            (double first, double second) = (random.NextUniform(-limit, limit), random.NextUniform(-limit, limit));
            (double sin, double cos) = Trigonometry.SinCos(first);
            (Vector128<double> sines, Vector128<double> cosines) = Trigonometry.SinCos(Vector128.Create(second, first));
            Assert.Equal((sin, cos), Trigonometry.SinCosOfSmall(first));
            Assert.Equal((sin, cos), (sines[1], cosines[1]));
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

    // Twenty-eight digits; a double's are given to it exactly, which its conversion does not.
    private static (decimal Sin, decimal Cos) DecimalSinCos(double angle)
    {
        const decimal QuarterTurn = 1.5707963267948966192313216916m;
        decimal exact = Exact(angle);
        decimal turns = Math.Round(exact / QuarterTurn);
        decimal x = exact - turns * QuarterTurn;
        decimal term = 1;
        decimal[] sums = [0, 0]; // cosine, sine
        for (int n = 0; n < 40; n++)
        {
            sums[n % 2] += n % 4 < 2 ? term : -term;
            term = term * x / (n + 1);
        }
        return ((int)turns & 3) switch
        {
            0 => (sums[1], sums[0]),
            1 => (sums[0], -sums[1]),
            2 => (-sums[1], -sums[0]),
            _ => (-sums[0], sums[1]),
        };
    }

    private static decimal Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7FF) - 1075;
        decimal magnitude = (bits & 0xF_FFFF_FFFF_FFFF) | 0x10_0000_0000_0000;
        for (; exponent < 0; exponent++)
        {
            magnitude /= 2;
        }
        return bits < 0 ? -magnitude : magnitude;
    }
}
