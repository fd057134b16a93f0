using System.Buffers;
using Google.Protobuf;
using Protos;
using Protos.Fleet;
using Xunit;

namespace Tests.ProtoTests.Fleet;

/// <summary>What is wrong with a message comes back as a line that says so, and costs no memory.</summary>
public sealed class UnrollDefectTests
{
    private static readonly UnrollShape Shape = new(2, 2, new ObservationFormat(3), 1, 1);

    public static TheoryData<string, string> Defects =>
        new()
        {
            { "no arrays", "holds no arrays" },
            { "no sizes", "sizes are missing" },
            { "negative number", "missing or negative" },
            { "more episodes than steps", "claims 5 episodes" },
            { "short rewards", "rewards has 12 bytes where 16 belong" },
            { "no rewards", "rewards is missing" },
            { "infinite reward", "rewards holds a number that is not finite" },
            { "observation that is no number", "frames_data holds a number that is not finite" },
            { "ends of no kind", "ends holds 4" },
            { "episode that does not start", "do not start where they ended (row 2)" },
            { "start that is no flag", "do not start where they ended (row 0)" },
            { "final frames missing", "final_frames is missing" },
            { "final frames too long", "final_frames has 24 bytes where 12 belong" },
            { "length of nothing", "episode_lengths holds 0" },
            { "infinite return", "episode_returns holds a number that is not finite" },
            { "packed nonsense", "is no LZ4 block" },
            { "moments of another size", "observation_moments has 8 bytes" },
            { "moments of too many rows", "observation_moments is no count" },
            { "moments beyond float32", "observation_moments is no count" },
            { "negative deviations", "observation_moments is no count" },
        };

    [Theory]
    [MemberData(nameof(Defects))]
    public void Read_Defect_IsNamed(string name, string expected)
    {
        Unroll unroll = Ended();
        UnrollMessage message = UnrollWireTests.Generated(unroll);
        double[] moments = [2, .. new double[6]];
        switch (name)
        {
            case "no arrays":
                message = new UnrollMessage { Steps = 2, Copies = 2 };
                break;
            case "no sizes":
                message.Steps = 0;
                break;
            case "negative number":
                message.SequenceNumber = -1;
                break;
            case "more episodes than steps":
                message.Episodes = 5;
                break;
            case "short rewards":
                message.Rewards = ByteString.CopyFrom(new byte[12]);
                break;
            case "no rewards":
                message.Rewards = ByteString.Empty;
                break;
            case "infinite reward":
                message.Rewards = Floats(0, 0, float.PositiveInfinity, 0);
                break;
            case "observation that is no number":
                message.FramesData = Floats([.. new float[17], float.NaN]);
                break;
            case "ends of no kind":
                message.Ends = ByteString.CopyFrom(0, 0, 4, 0);
                break;
            case "episode that does not start":
                message.EpisodeStarts = ByteString.CopyFrom(new byte[6]);
                break;
            case "start that is no flag":
                message.EpisodeStarts = ByteString.CopyFrom(2, 0, 1, 0, 0, 0);
                break;
            case "final frames missing":
                message.FinalFrames = ByteString.Empty;
                break;
            case "final frames too long":
                message.FinalFrames = ByteString.CopyFrom(new byte[24]);
                break;
            case "length of nothing":
                message.EpisodeLengths = ByteString.CopyFrom(new byte[4]);
                break;
            case "infinite return":
                message.EpisodeReturns = ByteString.CopyFrom(BitConverter.GetBytes(double.NaN));
                break;
            case "packed nonsense":
                message.Compressed = true;
                break;
            case "moments of another size":
                message.ObservationMoments = ByteString.CopyFrom(new byte[8]);
                break;
            case "moments of too many rows":
                moments[0] = 7;
                message.ObservationMoments = Doubles(moments);
                break;
            case "moments beyond float32":
                moments[1] = 1e200;
                message.ObservationMoments = Doubles(moments);
                break;
            case "negative deviations":
                moments[6] = -1;
                message.ObservationMoments = Doubles(moments);
                break;
            default:
                throw new ArgumentException(name);
        }

        Unroll? read = UnrollReader.Read(new(message.ToByteArray()), Wire.OpenPool(), out string? defect);

        Assert.Null(read);
        Assert.Contains(expected, defect!, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', defect!);
    }

    [Fact]
    public void Read_EveryPrefix_IsADefect()
    {
        byte[] message = Wire.Write(Ended());
        UnrollPool pool = Wire.OpenPool();
        for (int length = 0; length < message.Length; length++)
        {
            Assert.Null(UnrollReader.Read(new ReadOnlySequence<byte>(message, 0, length), pool, out string? defect));
            Assert.NotNull(defect);
        }
    }

    [Fact]
    public void Read_FieldTwice_IsADefect()
    {
        byte[] message = Wire.Write(Ended());
        byte[] again = [.. UnrollWireTests.Varint(17 << 3 | 2), 16, .. new byte[16]];

        Assert.Null(UnrollReader.Read(new([.. message, .. again]), Wire.OpenPool(), out string? defect));

        Assert.Contains("its field 17 comes twice", defect!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue, 1, 4, 1)]
    [InlineData(1, int.MaxValue, 4, 1)]
    [InlineData(2, 2, int.MaxValue, 1)]
    [InlineData(2, 2, 4, int.MaxValue)]
    [InlineData(65_536, 65_536, 65_536, 65_536)]
    [InlineData(uint.MaxValue, 2, 4, 1)]
    public void Read_LyingHeader_IsRefusedWithoutTakingMemory(uint steps, uint copies, uint frameSize, uint frames)
    {
        byte[] message = new UnrollMessage
        {
            Steps = steps,
            Copies = copies,
            FrameSize = frameSize,
            Frames = frames,
            ActionSize = 1,
            FramesData = ByteString.CopyFrom(new byte[64]),
        }.ToByteArray();
        var pool = new UnrollPool(shape =>
            shape == Shape ? null : $"{shape.Steps} steps of {shape.Copies} copies are not wanted"
        );
        UnrollReader.Read(new(message), pool, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Unroll? read = UnrollReader.Read(new(message), pool, out string? defect);

        Assert.Null(read);
        Assert.NotNull(defect);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000);
    }

    /// <summary>An unroll whose first copy ended in its first step.</summary>
    private static Unroll Ended()
    {
        var unroll = new Unroll(Shape);
        unroll.Terminated[0] = true;
        unroll.EpisodeStarts[2] = true;
        unroll.AddFinalObservation(0, [1, 2, 3]);
        unroll.AddEpisode(new CompletedEpisode(5, 3));
        return unroll;
    }

    private static ByteString Floats(params float[] values) =>
        ByteString.CopyFrom([.. values.SelectMany(value => BitConverter.GetBytes(value))]);

    private static ByteString Doubles(double[] values) =>
        ByteString.CopyFrom([.. values.SelectMany(value => BitConverter.GetBytes(value))]);
}
