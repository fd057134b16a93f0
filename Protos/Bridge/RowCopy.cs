using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Protos.Bridge;

/// <summary>Rows of float32 from the bytes that crossed.</summary>
internal static class RowCopy
{
    /// <summary>Copies rows.</summary>
    /// <param name="source">float32, little-endian, or uint8.</param>
    /// <param name="areBytes">Whether it is uint8.</param>
    /// <param name="destination">As many numbers as the source holds.</param>
    public static void Read(ReadOnlySequence<byte> source, bool areBytes, Span<float> destination)
    {
        if (!areBytes)
        {
            source.CopyTo(MemoryMarshal.AsBytes(destination));
            return;
        }
        foreach (ReadOnlyMemory<byte> segment in source)
        {
            Widen(segment.Span, destination);
            destination = destination[segment.Length..];
        }
    }

    /// <summary>Copies rows.</summary>
    /// <inheritdoc cref="Read(ReadOnlySequence{byte}, bool, Span{float})"/>
    public static void Read(ReadOnlySpan<byte> source, bool areBytes, Span<float> destination)
    {
        if (areBytes)
        {
            Widen(source, destination);
        }
        else
        {
            source.CopyTo(MemoryMarshal.AsBytes(destination));
        }
    }

    /// <summary>Bytes 0 and 1 as truth values; whatever is not 0 is true.</summary>
    public static void ReadFlags(ReadOnlySpan<byte> source, Span<bool> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = source[i] != 0;
        }
    }

    private static void Widen(ReadOnlySpan<byte> source, Span<float> destination)
    {
        int i = 0;
        int width = Vector<float>.Count;
        for (; i + Vector<byte>.Count <= source.Length; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(source[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Store(low, destination[i..]);
            Store(high, destination[(i + 2 * width)..]);
        }
        for (; i < source.Length; i++)
        {
            destination[i] = source[i];
        }
    }

    private static void Store(Vector<ushort> values, Span<float> destination)
    {
        Vector.Widen(values, out Vector<uint> low, out Vector<uint> high);
        Vector.ConvertToSingle(Vector.AsVectorInt32(low)).CopyTo(destination);
        Vector.ConvertToSingle(Vector.AsVectorInt32(high)).CopyTo(destination[Vector<float>.Count..]);
    }
}
