using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.Spaces;

namespace Tests.AgentTests.Networks;

/// <summary>Networks that read parts of an observation, for the contracts of every engine.</summary>
internal static class ViewSpecs
{
    /// <summary>Of an image, a vector, integers and bits: the image, some of the vector and of the integers. Floats 0 to 39 and 41, 42, 45.</summary>
    public static NetworkSpec Dictionary() =>
        new(
            new Dict(
                KeyValuePair.Create<string, Space>("image", ImageSpecs.Bytes(255, 5, 4, 2)),
                KeyValuePair.Create<string, Space>("vector", new Box(-2, 2, 4)),
                KeyValuePair.Create<string, Space>(
                    "inner",
                    new Dict(KeyValuePair.Create<string, Space>("where", new MultiDiscrete(3, 4, 2)))
                ),
                KeyValuePair.Create<string, Space>("bits", new MultiBinary(2))
            ),
            new Discrete(3),
            new NetworkSettings { View = ["inner.where:1", "vector:1-2", "image"], HiddenSizes = [10] }
        );

    /// <summary>The first and the last two of four integers, with a memory.</summary>
    public static NetworkSpec Integers() =>
        new(
            new MultiDiscrete(3, 5, 2, 4),
            new Discrete(3),
            new NetworkSettings
            {
                View = ["2-3", "0"],
                HiddenSizes = [9],
                Core = "gru",
                CoreSize = 8,
            }
        );

    /// <summary>Numbers 0 and 2 of four, read as they are.</summary>
    public static NetworkSpec Vector() => new(new Box(-1, 1, 4), new Discrete(2), new NetworkSettings { View = ["0", "2"] });

    /// <summary>A table of 5 × 3 × 2 × 2 combinations beside a vector that it leaves out.</summary>
    public static NetworkSpec Table(int? units = null, string core = "identity") =>
        new(
            new Dict(
                KeyValuePair.Create<string, Space>("cell", new Discrete(5)),
                KeyValuePair.Create<string, Space>("speed", new Box(-1, 1, 2)),
                KeyValuePair.Create<string, Space>("keys", new MultiDiscrete(3, 7)),
                KeyValuePair.Create<string, Space>("bits", new MultiBinary(2))
            ),
            new Discrete(4),
            new NetworkSettings
            {
                Encoder = EncoderKind.Table,
                View = ["cell", "keys:0", "bits"],
                HiddenSizes = units is null ? null : [units.Value],
                Core = core,
                CoreSize = 6,
            }
        );
}
