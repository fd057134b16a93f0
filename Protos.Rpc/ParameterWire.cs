using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Protos.Fleet;

namespace Protos.Rpc;

/// <summary><c>ParameterChunk</c> on the wire: its scalars as generated, its bytes copied once.</summary>
internal static class ParameterWire
{
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
        ReadOnlySequence<byte> data = default;
        long dataStart = payload.Length;
        long dataEnd = payload.Length;
        foreach (WireField field in new WireFields(payload))
        {
            if (field.IsDamaged || (field.Number == ParameterChunk.DataFieldNumber && field.Kind != UnrollFields.Bytes))
            {
                throw Damaged();
            }
            if (field.Number == ParameterChunk.DataFieldNumber)
            {
                data = field.Content;
                dataStart = field.Start;
                dataEnd = payload.GetOffset(data.End) - payload.GetOffset(payload.Start);
            }
        }
        // Everything around the bytes is small.
        var head = new ParameterChunk();
        try
        {
            head.MergeFrom(payload.Slice(0, dataStart));
            head.MergeFrom(payload.Slice(dataEnd));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw Damaged(exception);
        }
        byte[]? rented = data.IsEmpty ? null : ArrayPool<byte>.Shared.Rent((int)data.Length);
        data.CopyTo(rented);
        return new ParameterFrame
        {
            Publication = head.Publication ?? new Publication(),
            TotalBytes = head.TotalBytes,
            Offset = head.Offset,
            Hash = head.Hash.Memory,
            Data = rented.AsMemory(0, (int)data.Length),
            Rented = rented,
        };
    }

    private static InvalidDataException Damaged(Exception? cause = null) =>
        new("A chunk of parameters is damaged: its fields do not add up.", cause);
}
