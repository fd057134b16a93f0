using System.Buffers;
using Google.Protobuf;
using Grpc.Core;

namespace Protos.Fleet;

/// <summary><c>ActorMessage</c> on the wire.</summary>
internal static class ActorWire
{
    private const int HelloField = ActorMessage.HelloFieldNumber;
    private const int UnrollField = ActorMessage.UnrollFieldNumber;

    /// <summary>Writes a frame.</summary>
    public static void Write(ActorFrame frame, UnrollWriter writer, SerializationContext context)
    {
        IMessage? hello = frame.Hello;
        int length = hello?.CalculateSize() ?? writer.Measure(frame.Unroll!);
        int field = hello is null ? UnrollField : HelloField;
        context.SetPayloadLength(UnrollWriter.ArraySize(field, length));
        IBufferWriter<byte> buffer = context.GetBufferWriter();
        UnrollWriter.WriteHeader(buffer, field, length);
        if (hello is not null)
        {
            hello.WriteTo(buffer);
        }
        else
        {
            writer.Write(frame.Unroll!, buffer);
        }
        context.Complete();
    }

    /// <summary>Reads a frame; never throws, whatever the bytes are.</summary>
    public static ActorFrame Read(ReadOnlySequence<byte> message, UnrollPool pool)
    {
        var reader = new SequenceReader<byte>(message);
        if (!reader.TryRead(out byte tag) || !TryReadLength(ref reader, out int length) || length != reader.Remaining)
        {
            return Defective("it is not one whole part of a message", message);
        }
        ReadOnlySequence<byte> content = reader.UnreadSequence;
        switch (tag)
        {
            case HelloField << 3 | UnrollFields.Bytes:
                try
                {
                    return new ActorFrame { Hello = Hello.Parser.ParseFrom(content), Bytes = message.Length };
                }
                catch (InvalidProtocolBufferException exception)
                {
                    return Defective($"its hello is damaged ({exception.Message})", message);
                }
            case UnrollField << 3 | UnrollFields.Bytes:
                Unroll? unroll = UnrollReader.Read(content, pool, out string? defect);
                return new ActorFrame
                {
                    Unroll = unroll,
                    Defect = defect,
                    Bytes = message.Length,
                };
            default:
                return Defective($"it begins with {tag}, which is neither a hello nor an unroll", message);
        }
    }

    private static ActorFrame Defective(string defect, ReadOnlySequence<byte> message) =>
        new() { Defect = defect, Bytes = message.Length };

    private static bool TryReadLength(ref SequenceReader<byte> reader, out int length)
    {
        length = 0;
        for (int shift = 0; shift < 32; shift += 7)
        {
            if (!reader.TryRead(out byte part))
            {
                return false;
            }
            length |= (part & 0x7F) << shift;
            if (part < 0x80)
            {
                return length >= 0;
            }
        }
        return false;
    }
}
