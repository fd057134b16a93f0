using Environments.Randomness;
using Environments.Spaces;
using FsCheck.Xunit;
using Xunit;

namespace Tests.EnvironmentTests.Spaces;

public sealed class SpaceTests
{
    private const float Infinity = float.PositiveInfinity;

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(-1, false)]
    [InlineData(0.5f, false)]
    [InlineData(float.NaN, false)]
    [InlineData(Infinity, false)]
    public void Contains_DiscreteOfThree_TakesWholeNumbersBelowIt(float value, bool expected) =>
        Assert.Equal(expected, new Discrete(3).Contains([value]));

    [Fact]
    public void Contains_Box_TakesItsBoundsAndNothingBeyond()
    {
        var box = new Box([-1, float.NegativeInfinity], [1, 2]);
        Assert.True(box.Contains([-1, 2]));
        Assert.True(box.Contains([1, float.NegativeInfinity]));
        Assert.False(box.Contains([1.0001f, 0]));
        Assert.False(box.Contains([0, float.NaN]));
        Assert.False(box.Contains([0]));
        Assert.False(box.IsBounded);
    }

    [Fact]
    public void Contains_OtherSpaces_CheckEveryComponent()
    {
        Assert.True(new MultiDiscrete(2, 5).Contains([1, 4]));
        Assert.False(new MultiDiscrete(2, 5).Contains([2, 4]));
        Assert.True(new MultiBinary(3).Contains([0, 1, 1]));
        Assert.False(new MultiBinary(3).Contains([0, 1, 2]));
        Dict dict = Nested();
        Assert.True(dict.Contains([2, 0.5f, 1, 0]));
        Assert.False(dict.Contains([2, 0.5f, 1, 3]));
        Assert.Equal(1..2, dict.RangeOf("speed"));
        Assert.Throws<KeyNotFoundException>(() => dict.RangeOf("sped"));
    }

    [Property]
    public bool Sample_BoundedBox_IsContained(int seed, short low, ushort width) =>
        IsSampleContained(new Box(low / 7f, low / 7f + width / 3f, 2, 3), seed);

    [Property]
    public bool Sample_BoxWithOpenSides_IsContained(int seed, short bound) =>
        IsSampleContained(new Box([bound, -Infinity, -Infinity, bound], [Infinity, bound, Infinity, bound]), seed);

    [Property]
    public bool Sample_Discrete_IsContained(int seed, ushort count) => IsSampleContained(new Discrete(count + 1), seed);

    [Property]
    public bool Sample_MultiDiscrete_IsContained(int seed, byte a, byte b) =>
        IsSampleContained(new MultiDiscrete(a + 1, b + 1), seed);

    [Property]
    public bool Sample_MultiBinary_IsContained(int seed, byte count) => IsSampleContained(new MultiBinary(count + 1), seed);

    [Property]
    public bool Sample_Dict_IsContained(int seed) => IsSampleContained(Nested(), seed);

    [Fact]
    public void Sample_DestinationOfAnotherSize_ThrowsAndNamesTheSpace()
    {
        var random = new Pcg64(0);
        var error = Assert.Throws<ArgumentException>(() => new Box(-1, 1, 3).Sample(ref random, new float[2]));
        Assert.Contains("Box(-1, 1, [3])", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equals_SameContent_MakesSpacesEqual()
    {
        Assert.Equal(new Box(-1, 1, 2), new Box([-1, -1], [1, 1]));
        Assert.NotEqual(new Box(-1, 1, 4), new Box(-1, 1, 2, 2));
        Assert.Equal<Space>(new MultiDiscrete(2, 3), new MultiDiscrete(2, 3));
        Assert.NotEqual<Space>(new Discrete(2), new MultiBinary(2));
        Assert.Equal(Nested(), Nested());
        Assert.Equal(Nested().GetHashCode(), Nested().GetHashCode());
    }

    [Fact]
    public void Create_ImpossibleSpaces_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Discrete(0));
        Assert.Throws<ArgumentException>(() => new Box([1], [0]));
        Assert.Throws<ArgumentException>(() => new Box([float.NaN], [0]));
        Assert.Throws<ArgumentException>(() => new Box([0, 0], [1]));
        Assert.Throws<ArgumentException>(() => new MultiDiscrete(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiBinary(0));
        Assert.Throws<ArgumentException>(() => new Dict());
    }

    private static Dict Nested() =>
        new(
            new KeyValuePair<string, Space>("gear", new Discrete(4)),
            new KeyValuePair<string, Space>("speed", new Box(0, 1, 1)),
            new KeyValuePair<string, Space>("switches", new MultiBinary(2))
        );

    private static bool IsSampleContained(Space space, int seed)
    {
        var random = new Pcg64((uint)seed);
        var value = new float[space.Size];
        space.Sample(ref random, value);
        return space.Contains(value);
    }

    [Fact]
    public void ElementType_BoundsThatAreNoBytes_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Box(0, 256, 2) { ElementType = ElementType.UInt8 });
        Assert.Throws<ArgumentException>(() => new Box(-1, 1, 2) { ElementType = ElementType.UInt8 });
        Assert.Throws<ArgumentException>(() => new Box(0, 0.5f, 2) { ElementType = ElementType.UInt8 });
        Assert.NotEqual(new Box(0, 255, 2), new Box(0, 255, 2) { ElementType = ElementType.UInt8 });
    }

    [Theory]
    [InlineData(7.9f, false)]
    [InlineData(7, true)]
    [InlineData(6, false)]
    [InlineData(float.NaN, false)]
    public void Contains_OfBytes_OnlyWholeNumbers(float value, bool expected) =>
        Assert.Equal(expected, new Box(7, 200, 2) { ElementType = ElementType.UInt8 }.Contains([7, value]));

    [Fact]
    public void Sample_OfBytes_DrawsEveryWholeNumberFromLowToHigh()
    {
        var space = new Box(250, 255, 300) { ElementType = ElementType.UInt8 };
        var random = new Pcg64(1);
        var value = new float[300];
        space.Sample(ref random, value);

        Assert.Equal([250f, 251, 252, 253, 254, 255], value.Distinct().Order());
    }
}
