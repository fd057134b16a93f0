using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.Randomness;

public sealed class Pcg64Tests
{
    [Theory]
    [InlineData(0, new[] { 0.6369616873214543, 0.2697867137638703, 0.04097352393619469 })]
    [InlineData(42, new[] { 0.7739560485559633, 0.4388784397520523, 0.8585979199113825 })]
    [InlineData(123, new[] { 0.6823518632481435, 0.053821018802222675, 0.22035987277261138 })]
    public void NextDouble_KnownSeeds_EqualsNumPy(ulong seed, double[] expected)
    {
        var random = new Pcg64(seed);
        Assert.Equal(expected, new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() });
    }

    [Fact]
    public void NextInt_Seed42_EqualsNumPysIntegers()
    {
        var random = new Pcg64(42);
        var drawn = new int[10];
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = random.NextInt(0, 10);
        }
        Assert.Equal([0, 7, 6, 4, 4, 8, 0, 6, 2, 0], drawn);
    }

    [Theory]
    [InlineData(0, 7)]
    [InlineData(-3, 10)]
    [InlineData(100, 102)]
    public void NextInt_ManyDraws_AreUniform(int low, int high)
    {
        var random = new Pcg64(9);
        var counts = new int[high - low];
        const int draws = 200_000;
        for (int i = 0; i < draws; i++)
        {
            counts[random.NextInt(low, high) - low]++;
        }
        double expected = (double)draws / counts.Length;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(chiSquare, 0, counts.Length - 1 + 5 * Math.Sqrt(2.0 * counts.Length)); // five standard deviations
    }

    [Fact]
    public void NextInt_RangeOfThreeQuartersOfAllWords_IsUnbiased()
    {
        // Without rejection one value in three would come from two words, the others from one.
        var random = new Pcg64(13);
        var counts = new int[3];
        for (int i = 0; i < 30_000; i++)
        {
            counts[((long)random.NextInt(int.MinValue, 1 << 30) - int.MinValue) % 3]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void NextInt_WidestRange_StaysInside()
    {
        var random = new Pcg64(9);
        bool negative = false;
        bool positive = false;
        for (int i = 0; i < 100; i++)
        {
            int value = random.NextInt(int.MinValue, int.MaxValue);
            Assert.NotEqual(int.MaxValue, value);
            negative |= value < 0;
            positive |= value > 0;
        }
        Assert.True(negative && positive);
    }

    [Fact]
    public void NextInt_EmptyRange_Throws()
    {
        var random = new Pcg64(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(3, 3));
    }

    [Fact]
    public void NextUInt32_TwoCalls_AreTheHalvesOfOneDraw()
    {
        var halves = new Pcg64(6);
        var whole = new Pcg64(6);
        ulong low = halves.NextUInt32();
        ulong high = halves.NextUInt32();
        Assert.Equal(whole.NextUInt64(), high << 32 | low);
    }

    [Fact]
    public void NextGaussian_ManyDraws_HaveMeanZeroAndVarianceOne()
    {
        var random = new Pcg64(10);
        const int draws = 200_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < draws; i++)
        {
            double value = random.NextGaussian();
            sum += value;
            squares += value * value;
        }
        Assert.Equal(0, sum / draws, 0.012);
        Assert.Equal(1, squares / draws, 0.016);
    }

    [Fact]
    public void Shuffle_ManyTimes_GivesEveryOrderEquallyOften()
    {
        var random = new Pcg64(12);
        var counts = new Dictionary<string, int>();
        const int shuffles = 60_000;
        for (int i = 0; i < shuffles; i++)
        {
            char[] values = ['a', 'b', 'c'];
            random.Shuffle<char>(values);
            var order = new string(values);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Copy_OfAGenerator_ForksTheStream()
    {
        var original = new Pcg64(1);
        original.NextUInt32();
        Pcg64 copy = original;
        Assert.Equal(original.NextUInt32(), copy.NextUInt32());
        Assert.Equal(original.NextUInt64(), copy.NextUInt64());
    }

    // numpy.random.default_rng(42): arange(10), shuffled.
    [Fact]
    public void ShuffleAsNumPy_Seed42_IsNumPysPermutation()
    {
        var random = new Pcg64(42);
        int[] values = [.. Enumerable.Range(0, 10)];
        random.ShuffleAsNumPy<int>(values);
        Assert.Equal([5, 6, 0, 7, 3, 2, 4, 9, 1, 8], values);
    }
}
