using Environments.Randomness;
using Environments.Spaces;

namespace Chaos.Fuzzing;

/// <summary>Draws spaces, ordinary and odd ones, and some that no network can read or give.</summary>
internal static class SpaceDraw
{
    private const int ManyIntegers = 1 << 24;

    /// <summary>A space of observations.</summary>
    public static Space Observations(ref Pcg64 random) =>
        random.NextInt(0, 40) switch
        {
            0 => new Discrete(ManyIntegers),
            1 => new MultiDiscrete(int.MaxValue, int.MaxValue),
            2 => new MultiBinary(1 << 30),
            3 => new Box(0, 1, 1 << 20),
            4 => new Dict(
                KeyValuePair.Create<string, Space>(
                    "inner",
                    new Dict(KeyValuePair.Create<string, Space>("entry", Simple(ref random)))
                ),
                KeyValuePair.Create<string, Space>("picture", Picture(ref random)),
                KeyValuePair.Create("more", Simple(ref random))
            ),
            5 => new Dict(KeyValuePair.Create("only", Simple(ref random))),
            >= 6 and < 14 => Picture(ref random),
            _ => Simple(ref random),
        };

    /// <summary>A space of actions.</summary>
    public static Space Actions(ref Pcg64 random) =>
        random.NextInt(0, 24) switch
        {
            0 => new Discrete(ManyIntegers),
            1 => new Dict(KeyValuePair.Create<string, Space>("a", new Discrete(2))),
            2 => new MultiDiscrete(1, 1 << 20),
            3 => new Box(0.5f, 2, 2), // zero is no action
            4 => new Box(float.NegativeInfinity, float.PositiveInfinity, 1),
            5 => new Box(-1, 1, 2, 2),
            6 => new Box(0, 1_000, []),
            7 => new MultiBinary(random.NextInt(1, 5)),
            8 => new MultiDiscrete(random.NextInt(1, 4), random.NextInt(1, 6)),
            >= 9 and < 14 => new Box(-1, 1, random.NextInt(1, 5)),
            _ => new Discrete(random.NextInt(1, 6)),
        };

    private static Space Simple(ref Pcg64 random) =>
        random.NextInt(0, 10) switch
        {
            0 => new Discrete(random.NextInt(1, 40)),
            1 => new MultiDiscrete(random.NextInt(1, 9), random.NextInt(1, 9), 1),
            2 => new MultiBinary(random.NextInt(1, 20)),
            3 => new Box([-1, float.NegativeInfinity, 0], [1, 0, float.PositiveInfinity]),
            4 => new Box(3, 3, 2),
            5 => new Box(-1, 1, []),
            6 => new Box(0, 1, 2, 3),
            7 => new Box(0, random.NextInt(1, 256), random.NextInt(1, 9)) { ElementType = ElementType.UInt8 },
            _ => new Box(float.NegativeInfinity, float.PositiveInfinity, random.NextInt(1, 9)),
        };

    private static Box Picture(ref Pcg64 random)
    {
        int side = random.NextInt(1, 13);
        int channels = random.NextInt(1, 4);
        float high = random.NextInt(0, 3) switch
        {
            0 => 1,
            1 => 5,
            _ => 255,
        };
        var box = random.NextInt(0, 4) switch
        {
            0 => new Box(0, high, channels, side, side),
            1 => new Box(0, high, 2, side, side + 1, channels),
            _ => new Box(0, high, side, side, channels),
        };
        return random.NextInt(0, 3) == 0 ? box : box with { ElementType = ElementType.UInt8 };
    }
}
