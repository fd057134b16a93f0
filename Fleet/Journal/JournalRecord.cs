using System.Buffers;
using System.Buffers.Binary;
using Fleet.Admission;
using Learners.Metrics;
using MessagePack;
using Protos;
using Protos.Fleet;
using Protos.Foreign;

namespace Fleet.Journal;

/// <summary>
/// One unroll in a journal: length and CRC-32C of what follows, 4 bytes each, little-endian; a MessagePack header
/// [actor, incarnation, environment, parameter version, sequence number, receive time]; then an <c>UnrollMessage</c>.
/// </summary>
internal static class JournalRecord
{
    /// <summary>First bytes of a segment; the last one is the format's version.</summary>
    public static ReadOnlySpan<byte> Magic => "UNROLLS\u0001"u8;

    /// <summary>Bytes before a record's content.</summary>
    public const int PrefixSize = 8;

    // More unrolls than anybody sends; so that counting on from any of them stays a number.
    private const long MaxNumber = 1L << 53;

    /// <summary>Largest content.</summary>
    /// <remarks>More than a message may have: one that came packed may be kept as it is.</remarks>
    public const int MaxSize = 1 << 30;

    /// <summary>Appends a record to a buffer.</summary>
    public static void Write(Unroll unroll, DateTimeOffset received, UnrollWriter writer, ArrayBufferWriter<byte> buffer)
    {
        int start = buffer.WrittenCount;
        buffer.GetSpan(PrefixSize)[..PrefixSize].Clear();
        buffer.Advance(PrefixSize);
        var header = new MessagePackWriter(buffer);
        header.WriteArrayHeader(6);
        header.Write(unroll.Header.ActorId);
        header.Write(unroll.Header.Incarnation);
        header.Write(unroll.Header.EnvironmentId);
        header.Write(unroll.Header.ParameterVersion);
        header.Write(unroll.Header.SequenceNumber);
        header.Write(received.ToUnixTimeMilliseconds());
        header.Flush();
        writer.Measure(unroll);
        writer.Write(unroll, buffer);
        Span<byte> record = System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.WrittenMemory).Span[start..];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - PrefixSize);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Compute(record[PrefixSize..]));
    }

    /// <summary>Reads the header of a record's content.</summary>
    /// <returns>The header, when it was received, and where the <c>UnrollMessage</c> begins.</returns>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static (UnrollHeader Header, DateTimeOffset Received, int Offset) ReadHeader(ReadOnlyMemory<byte> content)
    {
        try
        {
            var reader = new MessagePackReader(content);
            int parts = reader.ReadArrayHeader();
            if (parts < 6)
            {
                throw new InvalidDataException("a header has fewer than 6 parts.");
            }
            string actor = reader.ReadString() ?? "";
            long incarnation = reader.ReadInt64();
            string environment = reader.ReadString() ?? "";
            long version = reader.ReadInt64();
            long number = reader.ReadInt64();
            var received = DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());
            for (int part = 6; part < parts; part++)
            {
                reader.Skip(); // of a newer version
            }
            if (!Roster.IsName(actor) || version < 0 || number is < 0 or > MaxNumber)
            {
                throw new InvalidDataException("a header holds a name or number that no learner writes.");
            }
            return (new UnrollHeader(actor, incarnation, number, version, environment), received, (int)reader.Consumed);
        }
        catch (Exception exception)
            when (exception
                    is MessagePackSerializationException
                        or EndOfStreamException
                        or ArgumentException
                        or OverflowException
                        or InvalidOperationException
            )
        {
            throw new InvalidDataException(
                $"a header is no MessagePack of the right form ({ForeignText.Show(exception.Message)})",
                exception
            );
        }
    }
}
