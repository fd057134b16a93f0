using System.Buffers;
using Grpc.Core;
using Protos;
using Protos.Fleet;
using Protos.Rpc;

namespace Tests.ProtoTests.Fleet;

/// <summary>Messages as bytes, without a network.</summary>
internal static class Wire
{
    /// <summary>A pool that takes every shape.</summary>
    public static UnrollPool OpenPool() => new(_ => null);

    /// <summary>An unroll as a message.</summary>
    public static byte[] Write(Unroll unroll, bool compress = true)
    {
        var writer = new UnrollWriter(compress);
        var buffer = new ArrayBufferWriter<byte>();
        int length = writer.Measure(unroll);
        writer.Write(unroll, buffer);
        return length == buffer.WrittenCount
            ? buffer.WrittenSpan.ToArray()
            : throw new InvalidOperationException($"{length} bytes were announced, {buffer.WrittenCount} written.");
    }

    /// <summary>A frame as a message.</summary>
    public static byte[] Write(ActorFrame frame) => Serialize(context => ActorWire.Write(frame, new UnrollWriter(), context));

    /// <summary>A chunk as a message.</summary>
    public static byte[] Write(ParameterFrame frame) => Serialize(context => ParameterWire.Write(frame, context));

    /// <summary>Reads a chunk.</summary>
    public static ParameterFrame ReadChunk(ReadOnlySequence<byte> message) => ParameterWire.Read(new Deserialization(message));

    /// <summary>Bytes in segments, as they come from a transport.</summary>
    /// <param name="bytes">All of them.</param>
    /// <param name="size">Bytes of a segment; 0 for one segment.</param>
    public static ReadOnlySequence<byte> Split(byte[] bytes, int size)
    {
        if (size <= 0 || size >= bytes.Length)
        {
            return new ReadOnlySequence<byte>(bytes);
        }
        var first = new Segment(bytes.AsMemory(0, size));
        Segment last = first;
        for (int start = size; start < bytes.Length; start += size)
        {
            last = last.Append(bytes.AsMemory(start, Math.Min(size, bytes.Length - start)));
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static byte[] Serialize(Action<SerializationContext> write)
    {
        var context = new Serialization();
        write(context);
        return context.Bytes;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }

    private sealed class Serialization : SerializationContext
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private int _announced = -1;

        public byte[] Bytes { get; private set; } = [];

        public override void SetPayloadLength(int payloadLength) => _announced = payloadLength;

        public override IBufferWriter<byte> GetBufferWriter() => _buffer;

        public override void Complete(byte[] payload) => Bytes = payload;

        public override void Complete()
        {
            Bytes = _buffer.WrittenSpan.ToArray();
            if (_announced != Bytes.Length)
            {
                throw new InvalidOperationException($"{_announced} bytes were announced, {Bytes.Length} written.");
            }
        }
    }

    private sealed class Deserialization(ReadOnlySequence<byte> payload) : DeserializationContext
    {
        public override int PayloadLength => (int)payload.Length;

        public override byte[] PayloadAsNewBuffer() => payload.ToArray();

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;
    }
}
