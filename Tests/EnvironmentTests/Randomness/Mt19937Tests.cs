using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.Randomness;

public sealed class Mt19937Tests
{
    [Theory]
    [InlineData(0, new[] { 0.5488135039273248, 0.7151893663724195, 0.6027633760716439 })]
    [InlineData(5, new[] { 0.22199317108973948, 0.8707323061773764, 0.20671915533942642 })]
    [InlineData(42, new[] { 0.3745401188473625, 0.9507143064099162, 0.7319939418114051 })]
    [InlineData(4294967295, new[] { 0.0976320289940138, 0.9123828453026218, 0.78903530185164 })]
    [InlineData(7UL << 32 | 3, new[] { 0.05823949437771969, 0.6450369959742377, 0.4354290450243633 })]
    public void NextDouble_KnownSeeds_EqualsNumPysRand(ulong seed, double[] expected)
    {
        var random = new Mt19937(seed);
        Assert.Equal(expected, new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() });
    }

    // The check value of the C++ standard for mt19937.
    [Fact]
    public void NextUInt32_TenThousandthOfSeed5489_EqualsTheStandards()
    {
        var random = new Mt19937(5489);
        for (int i = 1; i < 10_000; i++)
        {
            random.NextUInt32();
        }
        Assert.Equal(4_123_659_995, random.NextUInt32());
    }

    [Fact]
    public void NextInt_BetweenDoubles_EqualsNumPysRandint()
    {
        var random = new Mt19937(12345);
        Assert.Equal(
            [0.9296160928171479, 0.3163755545817859, 0.18391881167709445],
            new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() }
        );
        Assert.Equal([5, 2, 1, 6, 1, 9, 7, 6, 0, 2, 9, 1], Draw(ref random, 12, 0, 10));
        Assert.Equal([3, 7, 8, 4, 8, 8], Draw(ref random, 6, 1, 9));
        Assert.Equal(3, random.NextInt(3, 4)); // draws nothing
        Assert.Equal(0.9079248970164053, random.NextDouble());
        double last = 0;
        for (int i = 0; i < 2000; i++)
        {
            last = random.NextDouble();
        }
        Assert.Equal(0.2170627294416997, last);
    }

    [Fact]
    public void NextInt_EmptyRange_Throws()
    {
        var random = new Mt19937(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(3, 3));
    }

    [Fact]
    public void NextInt_WholeRange_ReachesBothHalves()
    {
        var random = new Mt19937(1);
        int[] drawn = Draw(ref random, 64, int.MinValue, int.MaxValue);
        Assert.Contains(drawn, value => value < 0);
        Assert.Contains(drawn, value => value > 0);
    }

    private static int[] Draw(ref Mt19937 random, int count, int low, int high)
    {
        var drawn = new int[count];
        for (int i = 0; i < count; i++)
        {
            drawn[i] = random.NextInt(low, high);
        }
        return drawn;
    }
}
