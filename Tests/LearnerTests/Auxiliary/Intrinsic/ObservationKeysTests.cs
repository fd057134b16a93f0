using System.Numerics;
using Agents.Networks;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Auxiliary;
using Xunit;

namespace Tests.LearnerTests.Auxiliary.Intrinsic;

/// <summary>Which observations have one key.</summary>
public sealed class ObservationKeysTests
{
    private static readonly Box Square = new(-1, 1, 2);

    [Fact]
    public void Of_Hashed_DependsOnTheSeedAlone()
    {
        float[] point = [0.3f, -0.2f];
        ulong[] keys = [.. ((ulong[])[1, 1, 2]).Select(seed => Hashed(Square, 64, seed).Of(point))];

        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[0], keys[2]);
    }

    [Fact]
    public void Of_Hashed_UsesAsManyBitsAsItSays()
    {
        ObservationKeys keys = Hashed(Square, 5, seed: 1);
        ulong seen = 0;
        var random = new Pcg64(1);
        for (int i = 0; i < 500; i++)
        {
            seen |= keys.Of([(float)random.NextUniform(-1, 1), (float)random.NextUniform(-1, 1)]);
        }

        Assert.Equal(0b11111UL, seen);
    }

    /// <summary>A bit differs with the probability of the angle between (x, 1) and (y, 1) over π, since its bias is one more direction.</summary>
    [Theory]
    [InlineData(0.5f, 0.5f, -0.5f, 0.5f)]
    [InlineData(0.5f, 0.5f, 0.25f, 0.25f)] // one ray from the origin: without biases no bit could differ
    [InlineData(0.9f, -0.9f, -0.9f, 0.9f)]
    [InlineData(0.5f, 0.5f, 0.51f, 0.5f)]
    public void Of_HashedPair_DiffersByTheirAngle(float x, float y, float otherX, float otherY)
    {
        double dot = x * otherX + y * otherY + 1;
        double lengths = Math.Sqrt((x * x + y * y + 1.0) * (otherX * otherX + otherY * otherY + 1.0));
        double expected = Math.Acos(dot / lengths) / Math.PI;
        int differ = 0;
        for (ulong seed = 0; seed < 400; seed++)
        {
            ObservationKeys keys = Hashed(Square, 64, seed);
            differ += BitOperations.PopCount(keys.Of([x, y]) ^ keys.Of([otherX, otherY]));
        }

        double deviation = Math.Sqrt(expected * (1 - expected) / (400 * 64));
        Assert.Equal(expected, differ / (400.0 * 64), 4 * deviation);
    }

    /// <summary>k planes cut a plane into at most 1 + k + k (k − 1) / 2 cells, and directions without biases into 2 k.</summary>
    [Theory]
    [InlineData(6, 22)]
    [InlineData(16, 137)]
    [InlineData(24, 301)]
    public void Of_HashedPlane_HasNoMoreCellsThanLinesCut(int bits, int most)
    {
        var unbounded = new Box(float.NegativeInfinity, float.PositiveInfinity, 2);
        ObservationKeys keys = Hashed(unbounded, bits, seed: 4);
        var cells = new HashSet<ulong>();
        for (int row = -300; row <= 300; row++)
        {
            for (int column = -300; column <= 300; column++)
            {
                cells.Add(keys.Of([row * 0.02f, column * 0.02f]));
            }
        }

        Assert.InRange(cells.Count, 2 * bits + 1, most);
    }

    /// <summary>A velocity of ±0.07 counts as much as a position of ±1.</summary>
    [Fact]
    public void Of_HashedBounded_SeesEachNumberInItsRange()
    {
        ObservationKeys wide = Hashed(Square, 64, seed: 5);
        ObservationKeys narrow = Hashed(new Box([2, -0.07f], [4, 0.07f]), 64, seed: 5);
        var random = new Pcg64(2);
        for (int i = 0; i < 50; i++)
        {
            float x = (float)random.NextUniform(-1, 1);
            float y = (float)random.NextUniform(-1, 1);
            ulong difference = wide.Of([x, y]) ^ narrow.Of([3 + x, 0.07f * y]);
            Assert.InRange(BitOperations.PopCount(difference), 0, 1); // but for rounding
        }
    }

    [Fact]
    public void Of_Rounded_IsACellOfTheRange()
    {
        ObservationKeys keys = Keys(
            new Box([0, float.NegativeInfinity], [10, float.PositiveInfinity]),
            new CountBonusSettings { Key = CountKey.Rounded, Resolution = 0.5f }
        );

        ulong key = keys.Of([5, 1]);
        Assert.Equal(key, keys.Of([7.4f, 1.2f])); // cells of 5 and of 0.5
        Assert.NotEqual(key, keys.Of([7.6f, 1]));
        Assert.NotEqual(key, keys.Of([5, 1.3f]));
        Assert.Equal(keys.Of([-0.1f, -0.1f]), keys.Of([0.1f, 0.1f]));
    }

    [Fact]
    public void Of_Integers_AreAllDifferentHoweverKeysAreMade()
    {
        foreach (CountKey kind in (CountKey[])[CountKey.Automatic, CountKey.Exact, CountKey.Rounded])
        {
            ObservationKeys keys = Keys(new Discrete(5000), new CountBonusSettings { Key = kind, Resolution = 10 });
            Assert.Equal(5000, Enumerable.Range(0, 5000).Select(i => keys.Of([i])).Distinct().Count());
            ObservationKeys pairs = Keys(new MultiDiscrete(60, 60), new CountBonusSettings { Key = kind, Resolution = 10 });
            Assert.Equal(3600, Enumerable.Range(0, 3600).Select(i => pairs.Of([i / 60, i % 60])).Distinct().Count());
        }
    }

    [Fact]
    public void Of_Automatic_TakesBytesAsTheyAreAndHashesNumbers()
    {
        Space grid = EnvironmentRegistry.Default.Find("MiniGrid/DoorKey-6x6-v0").ObservationSpace;
        var one = new float[grid.Size];
        var other = new float[grid.Size];
        other[^1] = 1;
        ObservationKeys symbols = Keys(grid, new CountBonusSettings { HashBits = 1 });
        ObservationKeys numbers = Keys(Square, new CountBonusSettings { HashBits = 1 });

        Assert.NotEqual(symbols.Of(one), symbols.Of(other));
        Assert.InRange(numbers.Of([0.2f, 0.2f]), 0UL, 1UL);
    }

    [Theory]
    [InlineData(CountKey.Exact)]
    [InlineData(CountKey.Rounded)]
    [InlineData(CountKey.Hashed)]
    public void Of_View_LeavesOutWhatTheNetworkDoesNotRead(CountKey kind)
    {
        var settings = new CountBonusSettings { Key = kind, HashBits = 64 };
        var network = new NetworkSettings { View = ["0", "2"] };
        ObservationKeys keys = ObservationKeys.Create(
            settings,
            new NetworkSpec(new Box(-1, 1, 3), new Discrete(2), network),
            new SeedSequence(1)
        );

        Assert.Equal(keys.Of([0.1f, 0.2f, 0.3f]), keys.Of([0.1f, -0.9f, 0.3f]));
        Assert.NotEqual(keys.Of([0.1f, 0.2f, 0.3f]), keys.Of([0.1f, 0.2f, -0.9f]));
    }

    [Theory]
    [InlineData(CountKey.Exact)]
    [InlineData(CountKey.Hashed)]
    public void Of_ViewOfItsOwn_LeavesOutWhatTheNetworkReadsAllTheSame(CountKey kind)
    {
        var settings = new CountBonusSettings
        {
            Key = kind,
            HashBits = 64,
            View = ["0", "2"],
        };
        ObservationKeys keys = Keys(new Box(-1, 1, 3), settings);

        Assert.Equal(keys.Of([0.1f, 0.2f, 0.3f]), keys.Of([0.1f, -0.9f, 0.3f]));
        Assert.NotEqual(keys.Of([0.1f, 0.2f, 0.3f]), keys.Of([0.1f, 0.2f, -0.9f]));
    }

    [Fact]
    public void Create_ViewOfWhatIsNotThere_NamesTheKey()
    {
        var refused = Assert.Throws<SettingsException>(() => Keys(new Box(-1, 1, 3), new CountBonusSettings { View = ["3"] }));

        Assert.StartsWith("count_bonus.view: '3' goes beyond", refused.Message, StringComparison.Ordinal);
    }

    private static ObservationKeys Hashed(Space space, int bits, ulong seed) =>
        Keys(space, new CountBonusSettings { Key = CountKey.Hashed, HashBits = bits }, seed);

    private static ObservationKeys Keys(Space space, CountBonusSettings settings, ulong seed = 1) =>
        ObservationKeys.Create(settings, new NetworkSpec(space, new Discrete(2), new NetworkSettings()), new SeedSequence(seed));
}
