using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Protos.Fleet;

namespace Protos.Rpc;

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
        int field = 0;
        ReadOnlySequence<byte> content = default;
        foreach (WireField part in new WireFields(message))
        {
            if (part.IsDamaged)
            {
                return Defective("its fields do not add up", message);
            }
            if (part.Number is not (HelloField or UnrollField))
            {
                continue; // of a newer version
            }
            if (field != 0 || part.Kind != UnrollFields.Bytes)
            {
                return Defective("it is not one hello or one unroll", message);
            }
            (field, content) = (part.Number, part.Content);
        }
        if (field == 0)
        {
            return Defective("it is neither a hello nor an unroll", message);
        }
        if (field == UnrollField)
        {
            Unroll? unroll = UnrollReader.Read(content, pool, out string? defect);
            return new ActorFrame
            {
                Unroll = unroll,
                Defect = defect,
                Bytes = message.Length,
            };
        }
        try
        {
            return new ActorFrame { Hello = Hello.Parser.ParseFrom(content), Bytes = message.Length };
        }
        catch (InvalidProtocolBufferException exception)
        {
            return Defective($"its hello is damaged ({exception.Message})", message);
        }
    }

    private static ActorFrame Defective(string defect, ReadOnlySequence<byte> message) =>
        new() { Defect = defect, Bytes = message.Length };
}
