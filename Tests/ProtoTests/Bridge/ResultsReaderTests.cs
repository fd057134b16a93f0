using System.Buffers;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Protos.Bridge;
using Protos.Rpc;
using Xunit;

namespace Tests.ProtoTests.Bridge;

public sealed class ResultsReaderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_WholeMessage_FillsTheArraysAndLeavesRowsOfRunningEpisodes(bool areBytes)
    {
        var results = new StepResults(3, 40, areBytes);
        Array.Fill(results.FinalObservations, -1);
        float[] observations = [.. Enumerable.Range(0, 120).Select(i => (float)(i * 2))];
        float[] final = [.. Enumerable.Range(0, 40).Select(i => 255f - i)];
        var reply = new SessionReply
        {
            Results = new Results
            {
                Observations = Rows(observations, areBytes),
                Rewards = Rows([1, -2, 0.5f], false),
                Terminated = ByteString.CopyFrom(0, 0, 0),
                Truncated = ByteString.CopyFrom(0, 7, 0),
                FinalObservations = Rows(final, areBytes),
                ServerSeconds = 0.25,
            },
        };
        reply.Results.FinalInfos.Add(new FinalInfo { Copy = 1, Json = "{}" });
        SessionAnswer answer = BridgeMethods.Read(Split(reply.ToByteArray()), results);

        Assert.Null(answer.Defect);
        Assert.True(answer.HasResults);
        Assert.Equal(observations, results.Observations);
        Assert.Equal([1, -2, 0.5f], results.Rewards);
        Assert.Equal([false, false, false], results.Terminated);
        Assert.Equal([false, true, false], results.Truncated);
        Assert.Equal(final, results.FinalObservations[40..80]);
        Assert.All(results.FinalObservations[80..], value => Assert.Equal(-1, value));
        Assert.Equal(0.25, results.ServerSeconds);
        Assert.Equal("{}", Assert.Single(results.FinalInfos).Json);
    }

    [Fact]
    public void Read_ObservationsOfAnotherSize_SaysWhichAndWritesNothing()
    {
        var results = new StepResults(2, 3, areBytes: false);
        results.Rewards[0] = 9;
        var message = new Results
        {
            Observations = Rows([1, 2, 3, 4], false),
            Rewards = Rows([1, 1], false),
            Terminated = ByteString.CopyFrom(0, 0),
            Truncated = ByteString.CopyFrom(0, 0),
        };

        string? defect = ResultsReader.Read(new ReadOnlySequence<byte>(message.ToByteArray()), results);

        Assert.Equal("16 bytes of observations were sent for 2 copies with rows of 3 float32 numbers; 24 are needed", defect);
        Assert.Equal(9, results.Rewards[0]);
    }

    [Fact]
    public void Read_FinalObservationIsMissing_SaysSo()
    {
        var results = new StepResults(1, 1, areBytes: false);
        var message = new Results
        {
            Observations = Rows([1], false),
            Rewards = Rows([1], false),
            Terminated = ByteString.CopyFrom(1),
            Truncated = ByteString.CopyFrom(0),
        };

        string? defect = ResultsReader.Read(new ReadOnlySequence<byte>(message.ToByteArray()), results);

        Assert.Equal("0 bytes of final observations were sent for 1 copies with rows of 1 float32 numbers; 4 are needed", defect);
    }

    [Fact]
    public void Read_AnyDamage_GivesADefectOrAnAnswerAndNeverAnException()
    {
        var message = new SessionReply
        {
            Results = new Results
            {
                Observations = Rows([1, 2], false),
                Rewards = Rows([1], false),
                Terminated = ByteString.CopyFrom(1),
                Truncated = ByteString.CopyFrom(0),
                FinalObservations = Rows([5, 6], false),
            },
        };
        byte[] bytes = message.ToByteArray();
        var results = new StepResults(1, 2, areBytes: false);
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.NotNull(BridgeMethods.Read(new ReadOnlySequence<byte>(bytes[..i]), results).Defect);
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. bytes];
                damaged[i] ^= (byte)(1 << bit);
                Assert.NotNull(BridgeMethods.Read(new ReadOnlySequence<byte>(damaged), results));
            }
        }
    }

    private static ByteString Rows(float[] values, bool areBytes) =>
        areBytes
            ? ByteString.CopyFrom([.. values.Select(value => (byte)value)])
            : ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));

    // As it comes off the network: in pieces.
    private static ReadOnlySequence<byte> Split(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, bytes.Length / 3), 0);
        Piece last = first.Append(bytes.AsMemory(bytes.Length / 3, 7)).Append(bytes.AsMemory(bytes.Length / 3 + 7));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
