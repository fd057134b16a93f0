using System.Runtime.InteropServices;
using Environments.Spaces;
using Google.Protobuf;
using Wire = Protos.Bridge;

namespace Environments.Remote;

/// <summary>Spaces as messages, and back.</summary>
internal static class WireSpaces
{
    private const int MaxDepth = 16;
    private const int MaxSize = 1 << 24;

    /// <summary>The space that a message describes.</summary>
    /// <exception cref="InvalidDataException">It describes none.</exception>
    public static Space Read(Wire.Space? message)
    {
        try
        {
            return Read(message, 0);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"The other side describes a space that cannot be: {exception.Message}", exception);
        }
    }

    /// <summary>The message that describes a space.</summary>
    public static Wire.Space Write(Space space)
    {
        switch (space)
        {
            case Discrete discrete:
                return new Wire.Space { Discrete = (uint)discrete.Count };
            case MultiBinary bits:
                return new Wire.Space { MultiBinary = (uint)bits.Count };
            case MultiDiscrete several:
                var counts = new Wire.MultiDiscrete();
                foreach (int count in several.Counts)
                {
                    counts.Counts.Add((uint)count);
                }
                return new Wire.Space { MultiDiscrete = counts };
            case Dict dict:
                var entries = new Wire.Dict();
                foreach ((string name, Space entry) in dict.Entries)
                {
                    entries.Entries.Add(new Wire.Entry { Name = name, Space = Write(entry) });
                }
                return new Wire.Space { Dict = entries };
            case Box box:
                var wire = new Wire.Box
                {
                    Low = ByteString.CopyFrom(MemoryMarshal.AsBytes(box.Low)),
                    High = ByteString.CopyFrom(MemoryMarshal.AsBytes(box.High)),
                    IsBytes = box.ElementType == ElementType.UInt8,
                };
                foreach (int dimension in box.Shape)
                {
                    wire.Shape.Add((uint)dimension);
                }
                return new Wire.Space { Box = wire };
            default:
                throw new NotSupportedException($"{space} has no form between processes.");
        }
    }

    private static Space Read(Wire.Space? message, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"Dictionaries lie in each other more than {MaxDepth} deep.");
        }
        return message?.KindCase switch
        {
            Wire.Space.KindOneofCase.Discrete => new Discrete(checked((int)message.Discrete)),
            Wire.Space.KindOneofCase.MultiBinary => new MultiBinary(Limited(message.MultiBinary)),
            Wire.Space.KindOneofCase.MultiDiscrete => new MultiDiscrete(
                message.MultiDiscrete.Counts.Select(count => checked((int)count)).ToArray()
            ),
            Wire.Space.KindOneofCase.Dict => new Dict(
                message.Dict.Entries.Select(entry => KeyValuePair.Create(entry.Name, Read(entry.Space, depth + 1))).ToArray()
            ),
            Wire.Space.KindOneofCase.Box => ReadBox(message.Box),
            _ => throw new ArgumentException("It is of no kind that this version knows."),
        };
    }

    private static Box ReadBox(Wire.Box message)
    {
        int[] shape = [.. message.Shape.Select(dimension => checked((int)dimension))];
        long size = shape.Aggregate(1L, (product, dimension) => Limited(checked(product * dimension)));
        return new Box(Bounds(message.Low, (int)size), Bounds(message.High, (int)size), shape)
        {
            ElementType = message.IsBytes ? ElementType.UInt8 : ElementType.Float32,
        };
    }

    private static float[] Bounds(ByteString bytes, int size)
    {
        var bounds = new float[size];
        ReadOnlySpan<byte> source = bytes.Span;
        if (source.Length == sizeof(float))
        {
            Array.Fill(bounds, MemoryMarshal.Read<float>(source));
        }
        else if (source.Length == size * sizeof(float))
        {
            source.CopyTo(MemoryMarshal.AsBytes(bounds.AsSpan()));
        }
        else
        {
            throw new ArgumentException($"{source.Length} bytes of bounds were sent for a box of {size} numbers.");
        }
        return bounds;
    }

    private static int Limited(long size) =>
        size <= MaxSize ? (int)size : throw new ArgumentException($"A space of {size} numbers is too large.");
}
