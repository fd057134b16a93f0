using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4;

namespace Protos.Fleet;

/// <summary>Writes unrolls as <c>UnrollMessage</c>, straight from their arrays. One per stream; not thread-safe.</summary>
/// <remarks>
/// Byte frames are packed by LZ4 as long as that leaves less than 70 % of them; where it does not, the next 100 unrolls are not tried. Float
/// frames never are: they hardly shrink.
/// </remarks>
internal sealed class UnrollWriter
{
    private const double WorthwhileRatio = 0.7;
    private const int PauseAfterFailure = 100;

    private readonly bool _compress;
    private byte[] _packed = [];
    private byte[] _packedFinals = [];
    private int _pause;

    // Of the unroll that was measured.
    private bool _isPacked;
    private int _framesLength;
    private int _finalsLength;

    /// <summary>A writer.</summary>
    /// <param name="compress">Whether byte frames may be packed.</param>
    public UnrollWriter(bool compress = true) => _compress = compress;

    /// <summary>Bytes that <see cref="Write"/> will write for an unroll; call it first.</summary>
    public int Measure(Unroll unroll)
    {
        PackFrames(unroll);
        UnrollShape shape = unroll.Shape;
        int rows = shape.Steps * shape.Copies;
        return ScalarSize(UnrollFields.SequenceNumber, unroll.Header.SequenceNumber)
            + ScalarSize(UnrollFields.ParameterVersion, unroll.Header.ParameterVersion)
            + ScalarSize(UnrollFields.Steps, shape.Steps)
            + ScalarSize(UnrollFields.Copies, shape.Copies)
            + ScalarSize(UnrollFields.FrameSize, shape.Observations.FrameSize)
            + ScalarSize(UnrollFields.Frames, shape.Observations.Frames)
            + ScalarSize(UnrollFields.ByteFrames, shape.Observations.IsBytes ? 1 : 0)
            + ScalarSize(UnrollFields.ActionSize, shape.ActionSize)
            + ScalarSize(UnrollFields.CoreStateSize, shape.CoreStateSize)
            + ScalarSize(UnrollFields.Episodes, unroll.Episodes.Count)
            + ScalarSize(UnrollFields.Compressed, _isPacked ? 1 : 0)
            + ScalarSize(UnrollFields.RawObservations, unroll.Header.HasRawObservations ? 1 : 0)
            + ScalarSize(UnrollFields.AgentIndex, unroll.Header.AgentIndex)
            + ArraySize(UnrollFields.FramesData, _framesLength)
            + ArraySize(UnrollFields.Actions, sizeof(float) * unroll.Actions.Length)
            + ArraySize(UnrollFields.Rewards, sizeof(float) * rows)
            + ArraySize(UnrollFields.Ends, rows)
            + ArraySize(UnrollFields.BehaviourLogProbs, sizeof(float) * rows)
            + ArraySize(UnrollFields.EpisodeStarts, rows + shape.Copies)
            + ArraySize(UnrollFields.InitialCoreState, sizeof(float) * unroll.InitialCoreState.Length)
            + ArraySize(UnrollFields.FinalFrames, _finalsLength)
            + ArraySize(UnrollFields.EpisodeReturns, sizeof(double) * unroll.Episodes.Count)
            + ArraySize(UnrollFields.EpisodeLengths, sizeof(int) * unroll.Episodes.Count)
            + ArraySize(UnrollFields.ObservationMoments, sizeof(double) * unroll.ObservationMoments.Length);
    }

    /// <summary>Writes the unroll that was measured last.</summary>
    public void Write(Unroll unroll, IBufferWriter<byte> writer)
    {
        UnrollShape shape = unroll.Shape;
        WriteScalar(writer, UnrollFields.SequenceNumber, unroll.Header.SequenceNumber);
        WriteScalar(writer, UnrollFields.ParameterVersion, unroll.Header.ParameterVersion);
        WriteScalar(writer, UnrollFields.Steps, shape.Steps);
        WriteScalar(writer, UnrollFields.Copies, shape.Copies);
        WriteScalar(writer, UnrollFields.FrameSize, shape.Observations.FrameSize);
        WriteScalar(writer, UnrollFields.Frames, shape.Observations.Frames);
        WriteScalar(writer, UnrollFields.ByteFrames, shape.Observations.IsBytes ? 1 : 0);
        WriteScalar(writer, UnrollFields.ActionSize, shape.ActionSize);
        WriteScalar(writer, UnrollFields.CoreStateSize, shape.CoreStateSize);
        WriteScalar(writer, UnrollFields.Episodes, unroll.Episodes.Count);
        WriteScalar(writer, UnrollFields.Compressed, _isPacked ? 1 : 0);
        WriteScalar(writer, UnrollFields.RawObservations, unroll.Header.HasRawObservations ? 1 : 0);
        WriteScalar(writer, UnrollFields.AgentIndex, unroll.Header.AgentIndex);
        WriteArray(writer, UnrollFields.FramesData, _isPacked ? _packed.AsSpan(0, _framesLength) : unroll.Observations.Bytes);
        WriteArray(writer, UnrollFields.Actions, MemoryMarshal.AsBytes(unroll.Actions.AsSpan()));
        WriteArray(writer, UnrollFields.Rewards, MemoryMarshal.AsBytes(unroll.Rewards.AsSpan()));
        WriteEnds(writer, unroll);
        WriteArray(writer, UnrollFields.BehaviourLogProbs, MemoryMarshal.AsBytes(unroll.BehaviourLogProbs.AsSpan()));
        WriteArray(writer, UnrollFields.EpisodeStarts, MemoryMarshal.AsBytes(unroll.EpisodeStarts.AsSpan()));
        WriteArray(writer, UnrollFields.InitialCoreState, MemoryMarshal.AsBytes(unroll.InitialCoreState.AsSpan()));
        WriteArray(writer, UnrollFields.FinalFrames, _isPacked ? _packedFinals.AsSpan(0, _finalsLength) : unroll.FinalFrames);
        WriteEpisodes(writer, unroll);
        WriteArray(writer, UnrollFields.ObservationMoments, MemoryMarshal.AsBytes(unroll.ObservationMoments));
    }

    /// <summary>Writes a field's tag and the length of its bytes; nothing where there are none, as proto3 does.</summary>
    public static void WriteHeader(IBufferWriter<byte> writer, int field, int length)
    {
        Span<byte> span = writer.GetSpan(10);
        int written = WriteVarint(span, (uint)(field << 3 | UnrollFields.Bytes));
        written += WriteVarint(span[written..], (uint)length);
        writer.Advance(written);
    }

    /// <summary>Bytes of a field's tag, length and content; 0 where the content is empty.</summary>
    public static int ArraySize(int field, int length) =>
        length == 0 ? 0 : VarintSize((uint)(field << 3)) + VarintSize((uint)length) + length;

    private void PackFrames(Unroll unroll)
    {
        _framesLength = unroll.Observations.Bytes.Length;
        _finalsLength = unroll.FinalFrames.Length;
        _isPacked = false;
        if (!_compress || !unroll.Shape.Observations.IsBytes || _pause > 0)
        {
            _pause = Math.Max(0, _pause - 1);
            return;
        }
        int packed = Pack(unroll.Observations.Bytes, ref _packed);
        if (packed > WorthwhileRatio * _framesLength)
        {
            _pause = PauseAfterFailure;
            return;
        }
        _isPacked = true;
        _framesLength = packed;
        _finalsLength = Pack(unroll.FinalFrames, ref _packedFinals);
    }

    private static int Pack(ReadOnlySpan<byte> content, ref byte[] packed)
    {
        if (content.IsEmpty)
        {
            return 0;
        }
        int bound = LZ4Codec.MaximumOutputSize(content.Length);
        if (packed.Length < bound)
        {
            packed = new byte[bound];
        }
        return LZ4Codec.Encode(content, packed);
    }

    private static void WriteEnds(IBufferWriter<byte> writer, Unroll unroll)
    {
        int rows = unroll.Rewards.Length;
        WriteHeader(writer, UnrollFields.Ends, rows);
        ReadOnlySpan<byte> terminated = MemoryMarshal.AsBytes(unroll.Terminated.AsSpan());
        ReadOnlySpan<byte> truncated = MemoryMarshal.AsBytes(unroll.Truncated.AsSpan());
        for (int done = 0; done < rows; )
        {
            Span<byte> ends = writer.GetSpan();
            int count = Math.Min(ends.Length, rows - done);
            for (int i = 0; i < count; i++)
            {
                ends[i] = (byte)(terminated[done + i] | truncated[done + i] << 1);
            }
            writer.Advance(count);
            done += count;
        }
    }

    private static void WriteEpisodes(IBufferWriter<byte> writer, Unroll unroll)
    {
        int count = unroll.Episodes.Count;
        if (count == 0)
        {
            return;
        }
        WriteHeader(writer, UnrollFields.EpisodeReturns, count * sizeof(double));
        for (int i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(writer.GetSpan(sizeof(double)), unroll.Episodes[i].Return);
            writer.Advance(sizeof(double));
        }
        WriteHeader(writer, UnrollFields.EpisodeLengths, count * sizeof(int));
        for (int i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(writer.GetSpan(sizeof(int)), unroll.Episodes[i].Length);
            writer.Advance(sizeof(int));
        }
    }

    private static void WriteArray(IBufferWriter<byte> writer, int field, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            WriteHeader(writer, field, bytes.Length);
            writer.Write(bytes);
        }
    }

    private static void WriteScalar(IBufferWriter<byte> writer, int field, long value)
    {
        if (value != 0)
        {
            Span<byte> span = writer.GetSpan(20);
            int written = WriteVarint(span, (uint)(field << 3 | UnrollFields.Varint));
            written += WriteVarint(span[written..], (ulong)value);
            writer.Advance(written);
        }
    }

    private static int ScalarSize(int field, long value) =>
        value == 0 ? 0 : VarintSize((uint)(field << 3)) + VarintSize((ulong)value);

    private static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) + 7) / 7;

    private static int WriteVarint(Span<byte> span, ulong value)
    {
        int i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[i++] = (byte)(value | 0x80);
        }
        span[i++] = (byte)value;
        return i;
    }
}
