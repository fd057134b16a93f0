using System.Runtime.InteropServices;
using Fleet.Journal;
using Protos;
using Protos.Fleet;
using Protos.Rpc;
using Xunit;

namespace Tests.ProtoTests.Fleet;

/// <summary>
/// Messages that versions 1 and 2 of the protocol once wrote, <c>Golden/Fleet/protocol-1.txt</c> and <c>protocol-2.txt</c>: they stay readable and keep
/// their meaning. Never record them again; a later version gets a file of its own.
/// </summary>
public sealed class GoldenMessageTests
{
    private static readonly Dictionary<string, byte[]> Recorded = Load("protocol-1.txt");
    private static readonly Dictionary<string, byte[]> RecordedSecond = Load("protocol-2.txt");

    [Theory]
    [InlineData("unroll-floats", false)]
    [InlineData("unroll-stacked-bytes-packed", true)]
    public void Read_RecordedUnroll_MeansTheSame(string name, bool bytes)
    {
        ActorFrame frame = ActorWire.Read(new(Recorded[name]), Wire.OpenPool());

        Assert.Null(frame.Defect);
        Unrolls.AssertSame(Sample(bytes), frame.Unroll!);
        if (!bytes) // how LZ4 packs may change with its version
        {
            Assert.Equal(Recorded[name], Wire.Write(new ActorFrame { Unroll = Sample(bytes) }));
        }
    }

    [Theory]
    [InlineData("unroll-floats", false)]
    [InlineData("unroll-stacked-bytes-packed", true)]
    public void Read_RecordedUnrollOfVersion2_MeansTheSame(string name, bool bytes)
    {
        Unroll expected = Raw(Sample(bytes));

        ActorFrame frame = ActorWire.Read(new(RecordedSecond[name]), Wire.OpenPool());

        Assert.Null(frame.Defect);
        Unrolls.AssertSame(expected, frame.Unroll!);
        if (!bytes)
        {
            Assert.Equal(RecordedSecond[name], Wire.Write(new ActorFrame { Unroll = expected }));
        }
    }

    [Fact]
    public void Read_RecordedHelloOfVersion2_SaysSo()
    {
        Hello hello = ActorWire.Read(new(RecordedSecond["hello"]), Wire.OpenPool()).Hello!;

        Assert.Equal((2u, "actor-7", 8u), (hello.ProtocolVersion, hello.ActorId, hello.Copies));
    }

    [Fact]
    public void Write_RawUnroll_IsSmallerThanOneWithMoments()
    {
        int former = Wire.Write(new ActorFrame { Unroll = Sample(bytes: false) }).Length;

        Assert.InRange(Wire.Write(new ActorFrame { Unroll = Raw(Sample(bytes: false), agent: 0) }).Length, 1, former - 50);
    }

    [Fact]
    public void Read_RecordedHello_MeansTheSame()
    {
        var expected = new Hello
        {
            ProtocolVersion = 1,
            ActorId = "actor-7",
            Incarnation = 1234567890123456789,
            Copies = 8,
            NextSequenceNumber = 42,
            WallTime = 1_750_000_000.5,
        };

        Assert.Equal(expected, ActorWire.Read(new(Recorded["hello"]), Wire.OpenPool()).Hello);
    }

    [Fact]
    public void Read_HelloWithASecret_IsTheRecordedOneAndAFieldMore()
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        byte[] content = [.. Recorded["hello"][2..], 0x42, 32, .. secret];

        Hello hello = ActorWire.Read(new([0x0A, (byte)content.Length, .. content]), Wire.OpenPool()).Hello!;

        Assert.Equal(("actor-7", 42), (hello.ActorId, hello.NextSequenceNumber));
        Assert.Equal(secret, hello.Secret.ToByteArray());
    }

    [Fact]
    public void Parse_RecordedLearnerMessages_MeanTheSame()
    {
        var publication = new Publication { Number = 5, ParameterVersion = 40 };
        var welcome = new Welcome
        {
            RunId = "run-3",
            SettingsYaml = "agent: impala\n",
            Copies = 8,
            NextSequenceNumber = 40,
            MaxInFlight = 2,
            Slot = 3,
            Starts = 1,
            Newest = publication,
            LockStep = true,
            Lag = 1,
            NextTaken = 42,
        };
        var acknowledgement = new Acknowledgement
        {
            NextSequenceNumber = 41,
            Newest = publication,
            Refused = 2,
            NextTaken = 43,
        };
        var goodbye = new Goodbye { Reason = Goodbye.Types.Reason.Quarantined, Detail = "enough" };

        Assert.Equal(welcome, LearnerMessage.Parser.ParseFrom(Recorded["welcome"]).Welcome);
        Assert.Equal(acknowledgement, LearnerMessage.Parser.ParseFrom(Recorded["acknowledgement"]).Acknowledgement);
        Assert.Equal(goodbye, LearnerMessage.Parser.ParseFrom(Recorded["goodbye"]).Goodbye);
        Assert.Equal(4, (int)Goodbye.Types.Reason.Replaced);
        Assert.Equal(6, (int)Goodbye.Types.Reason.TryLater);
    }

    [Fact]
    public void Read_RecordedParameters_MeanTheSame()
    {
        ParameterFrame chunk = Wire.ReadChunk(new(Recorded["parameters"]));

        Assert.Equal(new Publication { Number = 5, ParameterVersion = 40 }, chunk.Publication);
        Assert.Equal((24, 8), (chunk.TotalBytes, chunk.Offset));
        Assert.Equal([1f, 2f, 3f, 4f], MemoryMarshal.Cast<byte, float>(chunk.Data.Span).ToArray());
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), chunk.Hash.ToArray());
    }

    [Fact]
    public void ReadAll_RecordedJournal_MeansTheSame()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.In("00000007.unrolls"), Recorded["journal"]);
        List<string> damaged = [];

        JournalEntry entry = Assert.Single(JournalReader.ReadAll(folder.Path, (_, why) => damaged.Add(why)));

        Assert.Empty(damaged);
        Assert.Equal(new UnrollHeader("actor-7", 99, 17, 40, "CartPole-v1"), entry.Header);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_500), entry.Received);
        Assert.Equal(7, entry.Segment);
        Unrolls.AssertSame(Sample(bytes: false), UnrollReader.Read(new(entry.Message), Wire.OpenPool(), out _)!);
    }

    // What version 2 says of the same steps: raw observations, no moments, and of which agent it is.
    private static Unroll Raw(Unroll unroll, int agent = 3)
    {
        unroll.MakeObservationMoments(0);
        unroll.Header = unroll.Header with { HasRawObservations = true, AgentIndex = agent };
        return unroll;
    }

    private static Dictionary<string, byte[]> Load(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "Fleet", file))
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => Convert.FromBase64String(parts[1]));

    /// <summary>The unroll that was recorded: every number by a rule, episodes that end both ways.</summary>
    internal static Unroll Sample(bool bytes)
    {
        var format = bytes ? new ObservationFormat(64, 3, IsBytes: true) : new ObservationFormat(3);
        var unroll = new Unroll(new UnrollShape(3, 2, format, 1, 2))
        {
            Header = new UnrollHeader("", 0, 17, 40, "") { HasRawObservations = false },
        };
        Span<byte> frames = unroll.Observations.Bytes;
        for (int i = 0; i < (bytes ? frames.Length : frames.Length / sizeof(float)); i++)
        {
            if (bytes)
            {
                frames[i] = (byte)(i % 16 == 0 ? i / 16 : 0);
            }
            else
            {
                MemoryMarshal.Cast<byte, float>(frames)[i] = i / 4f;
            }
        }
        for (int row = 0; row < 6; row++)
        {
            (unroll.Actions[row], unroll.Rewards[row], unroll.BehaviourLogProbs[row]) = (row % 2, row - 1.5f, -row / 8f);
        }
        (unroll.EpisodeStarts[1], unroll.EpisodeStarts[3], unroll.EpisodeStarts[6]) = (true, true, true);
        (unroll.Terminated[1], unroll.Truncated[4]) = (true, true);
        float[] final = [.. Enumerable.Range(0, format.ObservationSize).Select(i => (float)(i % 7))];
        unroll.AddFinalObservation(1, final);
        unroll.AddFinalObservation(4, final);
        unroll.AddEpisode(new CompletedEpisode(2.5, 10));
        unroll.AddEpisode(new CompletedEpisode(-1, 200));
        for (int i = 0; i < 4; i++)
        {
            unroll.InitialCoreState[i] = i + 0.5f;
        }
        if (!bytes)
        {
            double[] moments = [6, 1, 2, 3, 0.5, 0.25, 0];
            moments.CopyTo(unroll.MakeObservationMoments(moments.Length));
        }
        return unroll;
    }
}
