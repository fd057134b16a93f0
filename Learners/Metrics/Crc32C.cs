using System.Numerics;

namespace Learners.Metrics;

/// <summary>CRC-32 with Castagnoli's polynomial, and the masked form that TensorBoard's record files hold.</summary>
internal static class Crc32C
{
    /// <summary>Checksum of bytes; of the ASCII digits 1 to 9 it is 0xE3069283.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return ~crc;
    }

    /// <summary>Rotated right by 15 bits plus a constant, so that a checksum of data that holds checksums stays good.</summary>
    public static uint Mask(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8;
}
