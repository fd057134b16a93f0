using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Tests.LearnerTests.Metrics;

/// <summary>A TensorBoard event file, read from the format's description alone: none of the writer's code takes part.</summary>
internal static class EventFile
{
    /// <summary>One record's content.</summary>
    internal sealed record Entry(double WallTime, long Step, string? FileVersion, List<(string Tag, float Value)> Scalars);

    public static List<Entry> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var entries = new List<Entry>();
        for (int position = 0; position < bytes.Length; )
        {
            Span<byte> length = bytes.AsSpan(position, 8);
            AssertChecksum(length, bytes.AsSpan(position + 8, 4));
            int size = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(length));
            Span<byte> data = bytes.AsSpan(position + 12, size);
            AssertChecksum(data, bytes.AsSpan(position + 12 + size, 4));
            entries.Add(ReadEvent(data));
            position += 16 + size;
        }
        return entries;
    }

    private static Entry ReadEvent(ReadOnlySpan<byte> data)
    {
        var entry = new Entry(0, 0, null, []);
        while (!data.IsEmpty)
        {
            ulong key = Varint(ref data);
            switch (key)
            {
                case 1 << 3 | 1: // double wall_time = 1
                    entry = entry with { WallTime = BinaryPrimitives.ReadDoubleLittleEndian(Take(ref data, 8)) };
                    break;
                case 2 << 3 | 0: // int64 step = 2
                    entry = entry with { Step = (long)Varint(ref data) };
                    break;
                case 3 << 3 | 2: // string file_version = 3
                    entry = entry with { FileVersion = Encoding.UTF8.GetString(Take(ref data, (int)Varint(ref data))) };
                    break;
                case 5 << 3 | 2: // Summary summary = 5
                    ReadSummary(Take(ref data, (int)Varint(ref data)), entry.Scalars);
                    break;
                default:
                    Assert.Fail($"An event has no field with the key {key}.");
                    break;
            }
        }
        return entry;
    }

    private static void ReadSummary(ReadOnlySpan<byte> data, List<(string, float)> scalars)
    {
        while (!data.IsEmpty)
        {
            Assert.Equal(1ul << 3 | 2, Varint(ref data)); // repeated Value value = 1
            ReadOnlySpan<byte> value = Take(ref data, (int)Varint(ref data));
            (string tag, float number) = ("", 0);
            while (!value.IsEmpty)
            {
                ulong key = Varint(ref value);
                if (key == (1 << 3 | 2)) // string tag = 1
                {
                    tag = Encoding.UTF8.GetString(Take(ref value, (int)Varint(ref value)));
                }
                else
                {
                    Assert.Equal(2ul << 3 | 5, key); // float simple_value = 2
                    number = BinaryPrimitives.ReadSingleLittleEndian(Take(ref value, 4));
                }
            }
            scalars.Add((tag, number));
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> data, int count)
    {
        ReadOnlySpan<byte> taken = data[..count];
        data = data[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> data)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = Take(ref data, 1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    private static void AssertChecksum(ReadOnlySpan<byte> data, ReadOnlySpan<byte> masked)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78); // Castagnoli's polynomial, reflected
            }
        }
        crc = ~crc;
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8), BinaryPrimitives.ReadUInt32LittleEndian(masked));
    }
}
