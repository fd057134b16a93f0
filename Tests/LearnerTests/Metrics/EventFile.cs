using System.Buffers.Binary;
using System.Text;
using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

/// <summary>One record of an event file, read without the generated messages.</summary>
internal sealed record EventRecord(
    double WallTime,
    long Step,
    string? FileVersion,
    int? SessionStatus,
    (string Tag, float Value)[] Scalars
);

/// <summary>Reads event files by the published layout; every check must hold.</summary>
internal static class EventFile
{
    public static List<EventRecord> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var records = new List<EventRecord>();
        for (int at = 0; at < bytes.Length; )
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(
                Crc32C.ComputeMasked(bytes.AsSpan(at, 8)),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8))
            );
            Span<byte> content = bytes.AsSpan(at + 12, length);
            Assert.Equal(Crc32C.ComputeMasked(content), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            records.Add(ReadEvent(content));
            at += 12 + length + 4;
        }
        return records;
    }

    private static EventRecord ReadEvent(ReadOnlySpan<byte> bytes)
    {
        var record = new EventRecord(0, 0, null, null, []);
        while (!bytes.IsEmpty)
        {
            switch (ReadVarint(ref bytes))
            {
                case 1 << 3 | 1:
                    record = record with { WallTime = BinaryPrimitives.ReadDoubleLittleEndian(Take(ref bytes, 8)) };
                    break;
                case 2 << 3 | 0:
                    record = record with { Step = (long)ReadVarint(ref bytes) };
                    break;
                case 3 << 3 | 2:
                    record = record with { FileVersion = Encoding.UTF8.GetString(TakeMessage(ref bytes)) };
                    break;
                case 5 << 3 | 2:
                    record = record with { Scalars = ReadSummary(TakeMessage(ref bytes)) };
                    break;
                case 7 << 3 | 2:
                    ReadOnlySpan<byte> session = TakeMessage(ref bytes);
                    Assert.Equal(1u << 3 | 0, ReadVarint(ref session));
                    record = record with { SessionStatus = (int)ReadVarint(ref session) };
                    break;
                default:
                    Assert.Fail("An event has an unexpected field.");
                    break;
            }
        }
        return record;
    }

    private static (string, float)[] ReadSummary(ReadOnlySpan<byte> bytes)
    {
        var scalars = new List<(string, float)>();
        while (!bytes.IsEmpty)
        {
            Assert.Equal(1u << 3 | 2, ReadVarint(ref bytes));
            ReadOnlySpan<byte> value = TakeMessage(ref bytes);
            Assert.Equal(1u << 3 | 2, ReadVarint(ref value));
            string tag = Encoding.UTF8.GetString(TakeMessage(ref value));
            Assert.Equal(2u << 3 | 5, ReadVarint(ref value));
            scalars.Add((tag, BinaryPrimitives.ReadSingleLittleEndian(Take(ref value, 4))));
            Assert.True(value.IsEmpty);
        }
        return [.. scalars];
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Take(ref bytes, 1)[0];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }

    private static ReadOnlySpan<byte> TakeMessage(ref ReadOnlySpan<byte> bytes) => Take(ref bytes, (int)ReadVarint(ref bytes));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
