using System.Runtime.InteropServices;
using FsCheck.Xunit;
using Google.Protobuf;
using Protos;
using Protos.Fleet;
using Xunit;

namespace Tests.ProtoTests.Fleet;

public sealed class UnrollWireTests
{
    [Property(MaxTest = 150)]
    public void Write_AnyShape_ReadsBackAsItWas(
        byte steps,
        byte copies,
        byte frameSize,
        byte frames,
        bool bytes,
        byte actionSize,
        byte coreStateSize,
        ulong seed,
        byte segment
    )
    {
        UnrollShape shape = Shape(steps, copies, frameSize, frames, bytes, actionSize, coreStateSize);
        bool sparse = seed % 2 == 0;
        Unroll unroll = Unrolls.Random(shape, seed, moments: seed % 3 == 0, sparse);

        Unroll? read = UnrollReader.Read(Wire.Split(Wire.Write(unroll), segment), Wire.OpenPool(), out string? defect);

        Assert.Null(defect);
        Unrolls.AssertSame(unroll, read!);
    }

    [Property(MaxTest = 60)]
    public void Write_Uncompressed_IsByteForByteTheGeneratedMessage(
        byte steps,
        byte copies,
        byte frameSize,
        byte frames,
        bool bytes,
        byte actionSize,
        byte coreStateSize,
        ulong seed
    )
    {
        UnrollShape shape = Shape(steps, copies, frameSize, frames, bytes, actionSize, coreStateSize);
        Unroll unroll = Unrolls.Random(shape, seed, moments: seed % 3 == 0);
        byte[] message = Wire.Write(unroll, compress: false);

        UnrollMessage generated = Generated(unroll);

        Assert.Equal(generated, UnrollMessage.Parser.ParseFrom(message));
        Assert.Equal(generated.ToByteArray(), message);
        Unroll? read = UnrollReader.Read(Wire.Split(generated.ToByteArray(), 7), Wire.OpenPool(), out string? defect);
        Assert.Null(defect);
        Unrolls.AssertSame(unroll, read!);
    }

    [Fact]
    public void Write_SparseBytes_ArePackedAndMuchSmaller()
    {
        var shape = new UnrollShape(20, 2, new ObservationFormat(400, 4, IsBytes: true), 1, 0);
        Unroll unroll = Unrolls.Random(shape, 1, sparse: true);

        byte[] packed = Wire.Write(unroll);
        byte[] plain = Wire.Write(unroll, compress: false);

        Assert.True(packed.Length < 0.3 * plain.Length, $"{packed.Length} of {plain.Length} bytes");
        Assert.True(UnrollMessage.Parser.ParseFrom(packed).Compressed);
        Assert.False(UnrollMessage.Parser.ParseFrom(plain).Compressed);
        foreach (byte[] message in new[] { packed, plain })
        {
            Unroll? read = UnrollReader.Read(Wire.Split(message, 100), Wire.OpenPool(), out string? defect);
            Assert.Null(defect);
            Unrolls.AssertSame(unroll, read!);
        }
    }

    [Fact]
    public void Write_BytesThatDoNotShrink_AreNotPackedAndNotTriedForAWhile()
    {
        var shape = new UnrollShape(10, 2, new ObservationFormat(100, 1, IsBytes: true), 1, 0);
        Unroll noise = Unrolls.Random(shape, 1);
        Unroll sparse = Unrolls.Random(shape, 2, sparse: true);
        var writer = new UnrollWriter();
        int plain = Wire.Write(noise, compress: false).Length;

        Assert.Equal(plain, writer.Measure(noise));

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(Wire.Write(sparse, compress: false).Length, writer.Measure(sparse));
        }
        Assert.True(writer.Measure(sparse) < plain / 2);
    }

    [Fact]
    public void Read_FieldsOfANewerVersion_AreSkipped()
    {
        Unroll unroll = Unrolls.Random(new UnrollShape(2, 2, new ObservationFormat(3), 1, 2), 3);
        byte[] newer =
        [
            .. Varint(15 << 3),
            5, // an integer
            .. Varint(14 << 3 | 1),
            .. new byte[8], // a double
            .. Varint(15 << 3 | 5),
            .. new byte[4], // a float
            .. Varint(99 << 3 | 2),
            2,
            1,
            1, // bytes
        ];

        Unroll? first = UnrollReader.Read(new([.. newer, .. Wire.Write(unroll)]), Wire.OpenPool(), out string? defect);
        Unroll? last = UnrollReader.Read(new([.. Wire.Write(unroll), .. newer[16..]]), Wire.OpenPool(), out string? lastDefect);

        Assert.Null(defect);
        Assert.Null(lastDefect);
        Unrolls.AssertSame(unroll, first!);
        Unrolls.AssertSame(unroll, last!);
    }

    [Fact]
    public void Read_PooledUnroll_KeepsNothingOfItsFormerContents()
    {
        var shape = new UnrollShape(3, 2, new ObservationFormat(2, 2), 1, 1);
        UnrollPool pool = Wire.OpenPool();
        Unroll first = UnrollReader.Read(new(Wire.Write(Unrolls.Random(shape, 1, moments: true))), pool, out _)!;
        pool.Return(first);
        Unroll other = Unrolls.Random(shape, 2);

        Unroll? second = UnrollReader.Read(new(Wire.Write(other)), pool, out _);

        Assert.Same(first, second);
        Unrolls.AssertSame(other, second!);
    }

    /// <summary>The message that the generated code would send.</summary>
    internal static UnrollMessage Generated(Unroll unroll) =>
        new()
        {
            SequenceNumber = unroll.Header.SequenceNumber,
            ParameterVersion = unroll.Header.ParameterVersion,
            Steps = (uint)unroll.Steps,
            Copies = (uint)unroll.Copies,
            FrameSize = (uint)unroll.Shape.Observations.FrameSize,
            Frames = (uint)unroll.Shape.Observations.Frames,
            ByteFrames = unroll.Shape.Observations.IsBytes,
            ActionSize = (uint)unroll.Shape.ActionSize,
            CoreStateSize = (uint)unroll.Shape.CoreStateSize,
            Episodes = (uint)unroll.Episodes.Count,
            RawObservations = unroll.Header.HasRawObservations,
            AgentIndex = (uint)unroll.Header.AgentIndex,
            FramesData = ByteString.CopyFrom(unroll.Observations.Bytes),
            Actions = BytesOf(unroll.Actions),
            Rewards = BytesOf(unroll.Rewards),
            Ends = ByteString.CopyFrom([
                .. unroll.Terminated.Zip(unroll.Truncated, (ended, cut) => (byte)((ended ? 1 : 0) + (cut ? 2 : 0))),
            ]),
            BehaviourLogProbs = BytesOf(unroll.BehaviourLogProbs),
            EpisodeStarts = ByteString.CopyFrom([.. unroll.EpisodeStarts.Select(start => (byte)(start ? 1 : 0))]),
            InitialCoreState = BytesOf(unroll.InitialCoreState),
            FinalFrames = ByteString.CopyFrom(unroll.FinalFrames),
            EpisodeReturns = BytesOf(unroll.Episodes.Select(episode => episode.Return).ToArray()),
            EpisodeLengths = BytesOf(unroll.Episodes.Select(episode => episode.Length).ToArray()),
            ObservationMoments = BytesOf(unroll.ObservationMoments.ToArray()),
        };

    /// <summary>A number as the wire has it.</summary>
    internal static byte[] Varint(uint value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Varint(value >> 7)];

    private static ByteString BytesOf<T>(T[] values)
        where T : unmanaged => ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));

    private static UnrollShape Shape(
        byte steps,
        byte copies,
        byte frameSize,
        byte frames,
        bool bytes,
        byte actionSize,
        byte coreStateSize
    ) =>
        new(
            1 + steps % 9,
            1 + copies % 5,
            new ObservationFormat(1 + frameSize % 40, 1 + frames % 4, bytes),
            actionSize % 4,
            coreStateSize % 6
        );
}
