using System.Buffers;
using Google.Protobuf;
using Grpc.Core;

namespace Protos.Fleet;

/// <summary><c>ParameterChunk</c> on the wire: its scalars as generated, its bytes copied once.</summary>
internal static class ParameterWire
{
    private const int DataTag = ParameterChunk.DataFieldNumber << 3 | UnrollFields.Bytes;

    /// <summary>Writes a chunk.</summary>
    public static void Write(ParameterFrame frame, SerializationContext context)
    {
        var head = new ParameterChunk
        {
            Publication = frame.Publication,
            TotalBytes = frame.TotalBytes,
            Offset = frame.Offset,
            Hash = UnsafeByteOperations.UnsafeWrap(frame.Hash),
        };
        context.SetPayloadLength(
            head.CalculateSize() + UnrollWriter.ArraySize(ParameterChunk.DataFieldNumber, frame.Data.Length)
        );
        IBufferWriter<byte> buffer = context.GetBufferWriter();
        head.WriteTo(buffer);
        if (!frame.Data.IsEmpty)
        {
            UnrollWriter.WriteHeader(buffer, ParameterChunk.DataFieldNumber, frame.Data.Length);
            buffer.Write(frame.Data.Span);
        }
        context.Complete();
    }

    /// <summary>Reads a chunk.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public static ParameterFrame Read(DeserializationContext context)
    {
        ReadOnlySequence<byte> payload = context.PayloadAsReadOnlySequence();
        // Fields are written in the order of their numbers, so the bytes come last; everything before them is small.
        (long headLength, long dataLength) = FindData(payload);
        ParameterChunk head = ParameterChunk.Parser.ParseFrom(payload.Slice(0, headLength));
        byte[]? rented = dataLength == 0 ? null : ArrayPool<byte>.Shared.Rent((int)dataLength);
        payload.Slice(payload.Length - dataLength).CopyTo(rented);
        return new ParameterFrame
        {
            Publication = head.Publication ?? new Publication(),
            TotalBytes = head.TotalBytes,
            Offset = head.Offset,
            Hash = head.Hash.Memory,
            Data = rented.AsMemory(0, (int)dataLength),
            Rented = rented,
        };
    }

    private static (long Head, long Data) FindData(ReadOnlySequence<byte> payload)
    {
        var reader = new SequenceReader<byte>(payload);
        while (!reader.End)
        {
            long start = reader.Consumed;
            if (!TryReadVarint(ref reader, out ulong tag))
            {
                break;
            }
            int kind = (int)tag & 7;
            if (!TryReadVarint(ref reader, out ulong value) || kind is not (UnrollFields.Varint or UnrollFields.Bytes))
            {
                break;
            }
            if (kind == UnrollFields.Varint)
            {
                continue;
            }
            if (value > (ulong)reader.Remaining)
            {
                break;
            }
            if (tag == DataTag)
            {
                return value == (ulong)reader.Remaining ? (start, (long)value) : throw Damaged();
            }
            reader.Advance((long)value);
        }
        return reader.End ? (payload.Length, 0) : throw Damaged();
    }

    private static InvalidDataException Damaged() => new("A chunk of parameters is damaged: its fields do not add up.");

    private static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (!reader.TryRead(out byte part))
            {
                return false;
            }
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }
        return false;
    }
}
