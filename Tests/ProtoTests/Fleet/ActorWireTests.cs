using Google.Protobuf;
using Protos;
using Protos.Fleet;
using Protos.Rpc;
using Xunit;

namespace Tests.ProtoTests.Fleet;

public sealed class ActorWireTests
{
    private static readonly UnrollShape Shape = new(3, 2, new ObservationFormat(4), 1, 0);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Write_Frames_AreThoseOfTheGeneratedMessage(int segment)
    {
        Unroll unroll = Unrolls.Random(Shape, 5);
        var hello = new Hello
        {
            ProtocolVersion = 1,
            ActorId = "a",
            Incarnation = 7,
        };
        byte[] helloBytes = Wire.Write(new ActorFrame { Hello = hello });
        byte[] unrollBytes = Wire.Write(new ActorFrame { Unroll = unroll });

        Assert.Equal(new ActorMessage { Hello = hello }.ToByteArray(), helloBytes);
        Assert.Equal(new ActorMessage { Unroll = UnrollWireTests.Generated(unroll) }.ToByteArray(), unrollBytes);
        Assert.Equal(hello, ActorWire.Read(Wire.Split(helloBytes, segment), Wire.OpenPool()).Hello);
        ActorFrame frame = ActorWire.Read(Wire.Split(unrollBytes, segment), Wire.OpenPool());
        Assert.Null(frame.Defect);
        Assert.Equal(unrollBytes.Length, frame.Bytes);
        Unrolls.AssertSame(unroll, frame.Unroll!);
    }

    [Fact]
    public void Read_FieldsOfANewerVersionAroundIt_AreSkipped()
    {
        byte[] hello = Wire.Write(new ActorFrame { Hello = new Hello { ActorId = "a" } });
        byte[] newer = [9 << 3, 1, 10 << 3 | 2, 2, 1, 1];

        Assert.Equal("a", ActorWire.Read(new([.. newer, .. hello, .. newer]), Wire.OpenPool()).Hello!.ActorId);
    }

    [Theory]
    [InlineData(new byte[0], "neither a hello nor an unroll")]
    [InlineData(new byte[] { 9 << 3, 1 }, "neither a hello nor an unroll")]
    [InlineData(new byte[] { 1 << 3 | 2, 0, 2 << 3 | 2, 0 }, "not one hello or one unroll")]
    [InlineData(new byte[] { 1 << 3, 0 }, "not one hello or one unroll")]
    [InlineData(new byte[] { 1 << 3 | 2, 200 }, "do not add up")]
    [InlineData(new byte[] { 1 << 3 | 2, 255, 255, 255, 255, 127 }, "do not add up")]
    [InlineData(new byte[] { 1 << 3 | 3 }, "do not add up")]
    [InlineData(new byte[] { 0 }, "do not add up")]
    [InlineData(new byte[] { 1 << 3 | 2, 2, 2 << 3 | 2, 9 }, "its hello is damaged")]
    [InlineData(new byte[] { 2 << 3 | 2, 0 }, "holds no arrays")]
    public void Read_NoMessage_IsADefect(byte[] bytes, string expected)
    {
        ActorFrame frame = ActorWire.Read(new(bytes), Wire.OpenPool());

        Assert.Null(frame.Hello);
        Assert.Null(frame.Unroll);
        Assert.Contains(expected, frame.Defect!, StringComparison.Ordinal);
    }
}
