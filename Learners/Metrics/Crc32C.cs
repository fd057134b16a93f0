using System.Buffers.Binary;
using System.Numerics;

namespace Learners.Metrics;

/// <summary>The Castagnoli cyclic redundancy check that guards every record of an event file.</summary>
internal static class Crc32C
{
    /// <summary>The check of some bytes, as in RFC 3720, appendix B.4.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return ~crc;
    }

    /// <summary>The check rotated and shifted by a constant, as event files store it, so that data which holds checks is guarded too.</summary>
    public static uint ComputeMasked(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Compute(bytes), 15) + 0xA282EAD8u;
}
