using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;

namespace Tests.AgentTests.Networks;

/// <summary>Networks that read images, for the contracts of every engine.</summary>
internal static class ImageSpecs
{
    public static NetworkSettings TwoConvolutions { get; } =
        new()
        {
            Convolutions =
            [
                new ConvolutionSettings { Channels = 5, Kernel = 2 },
                new ConvolutionSettings
                {
                    Channels = 9,
                    Kernel = 3,
                    Stride = 2,
                },
            ],
            HiddenSizes = [20, 11],
            SharedTrunk = false,
            Activation = Activation.Tanh,
        };

    /// <summary>Planes of 0 and 1, as MinAtar shows them.</summary>
    public static NetworkSpec Flags(NetworkSettings settings) => new(Bytes(1, 10, 10, 4), new Discrete(6), settings);

    /// <summary>Bytes up to 255, sides of different length, sizes that fill no register, pixels that no kernel reaches.</summary>
    public static NetworkSpec Pixels() =>
        new(
            Bytes(255, 12, 13, 3),
            new Box(-1, 1, 2),
            new NetworkSettings
            {
                Convolutions =
                [
                    new ConvolutionSettings
                    {
                        Channels = 7,
                        Kernel = 4,
                        Stride = 2,
                    },
                    new ConvolutionSettings { Channels = 17, Kernel = 3 },
                ],
                HiddenSizes = [23],
            }
        );

    /// <summary>Four stacked frames without channels, with the default network.</summary>
    public static NetworkSpec Atari() => new(Bytes(255, 4, 84, 84), new Discrete(6), new NetworkSettings());

    /// <summary>A grid of symbols with three channels of their own bounds, and a direction, as MiniGrid shows them.</summary>
    public static NetworkSpec SymbolsBesideInteger() =>
        new(
            new Dict(
                KeyValuePair.Create<string, Space>("direction", new Discrete(4)),
                KeyValuePair.Create<string, Space>("image", Symbols())
            ),
            new Discrete(7),
            new NetworkSettings { HiddenSizes = [12] }
        );

    public static NetworkSpec StackedSymbols(EncoderKind encoder)
    {
        Box frame = Symbols();
        var stack = new Box([.. frame.Low, .. frame.Low], [.. frame.High, .. frame.High], [2, .. frame.Shape])
        {
            ElementType = ElementType.UInt8,
        };
        return new NetworkSpec(stack, new Discrete(7), new NetworkSettings { Encoder = encoder, HiddenSizes = [12] });
    }

    /// <summary>Two images of different kinds with a vector between them.</summary>
    public static NetworkSpec TwoImages() =>
        new(
            new Dict(
                KeyValuePair.Create<string, Space>("map", Bytes(1, 6, 5, 2)),
                KeyValuePair.Create<string, Space>("speed", new Box(-1, 1, 3)),
                KeyValuePair.Create<string, Space>("camera", Bytes(255, 2, 7, 7))
            ),
            new Discrete(3),
            new NetworkSettings
            {
                HiddenSizes = [10],
                Core = "gru",
                CoreSize = 8,
            }
        );

    public static NetworkSpec RealImage() =>
        new(new Box(-1, 1, 6, 6, 2), new Discrete(3), new NetworkSettings { Encoder = EncoderKind.Conv, HiddenSizes = [] });

    /// <summary>Draws an observation; bytes are whole numbers.</summary>
    public static void Sample(Space space, ref Pcg64 random, Span<float> observation)
    {
        if (space is Dict dict)
        {
            foreach ((_, Space entry) in dict.Entries)
            {
                Sample(entry, ref random, observation[..entry.Size]);
                observation = observation[entry.Size..];
            }
            return;
        }
        space.Sample(ref random, observation);
        if (space is Box { ElementType: ElementType.UInt8 })
        {
            foreach (ref float value in observation)
            {
                value = MathF.Round(value);
            }
        }
    }

    /// <summary>Adds noise, less to the many weights of a wide layer, so that outputs stay of the size of 1.</summary>
    public static void Disturb(ParameterLayout layout, float[] parameters, float scale, ref Pcg64 random)
    {
        foreach (ParameterSlot slot in layout.Slots)
        {
            float inputs = slot.Size / slot.Shape[0];
            foreach (ref float value in slot.In(parameters.AsSpan()))
            {
                value += scale * MathF.Min(1, 8 / MathF.Sqrt(inputs)) * (float)random.NextGaussian();
            }
        }
    }

    public static Box Bytes(float high, params ReadOnlySpan<int> shape) =>
        new(0, high, shape) { ElementType = ElementType.UInt8 };

    private static Box Symbols()
    {
        var high = new float[7 * 7 * 3];
        for (int i = 0; i < high.Length; i++)
        {
            high[i] = (i % 3) switch
            {
                0 => 10,
                1 => 5,
                _ => 2,
            };
        }
        return new Box(new float[high.Length], high, [7, 7, 3]) { ElementType = ElementType.UInt8 };
    }
}
