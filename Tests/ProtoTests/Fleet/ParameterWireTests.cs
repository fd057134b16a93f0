using System.Security.Cryptography;
using Environments.Randomness;
using Google.Protobuf;
using Protos.Fleet;
using Xunit;

namespace Tests.ProtoTests.Fleet;

public sealed class ParameterWireTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 3)]
    [InlineData(1_000, 0)]
    [InlineData(100_000, 4_096)]
    public void Write_Chunk_IsTheGeneratedMessageAndReadsBack(int length, int segment)
    {
        byte[] data = Bytes(length);
        byte[] message = Wire.Write(
            new ParameterFrame
            {
                Publication = new Publication { Number = 3, ParameterVersion = 12 },
                TotalBytes = 7_000_000,
                Offset = 5,
                Hash = SHA256.HashData(data),
                Data = data,
            }
        );

        ParameterFrame read = Wire.ReadChunk(Wire.Split(message, segment));

        Assert.Equal(Generated(data).ToByteArray(), message);
        Assert.Equal(new Publication { Number = 3, ParameterVersion = 12 }, read.Publication);
        Assert.Equal((7_000_000, 5), (read.TotalBytes, read.Offset));
        Assert.Equal(SHA256.HashData(data), read.Hash.ToArray());
        Assert.Equal(data, read.Data.ToArray());
        read.Release();
    }

    [Fact]
    public void Read_FieldsOfANewerVersionAroundTheData_AreSkipped()
    {
        byte[] message = Generated(Bytes(10)).ToByteArray();
        byte[] newer = [9 << 3 | 1, .. new byte[8], 10 << 3, 1, 11 << 3 | 2, 2, 1, 1];

        ParameterFrame read = Wire.ReadChunk(new([.. newer, .. message, .. newer]));

        Assert.Equal(Bytes(10), read.Data.ToArray());
        Assert.Equal(5, read.Offset);
    }

    [Fact]
    public void Read_DamagedBytes_ThrowsNothingButInvalidData()
    {
        byte[] message = Generated(Bytes(40)).ToByteArray();
        var random = new Pcg64(4);
        int damaged = 0;
        for (int i = 0; i < 5_000; i++)
        {
            byte[] mutant = Mutations.Mutate(message, message, ref random);
            try
            {
                Wire.ReadChunk(Wire.Split(mutant, random.NextInt(0, 20))).Release();
            }
            catch (InvalidDataException exception)
            {
                damaged++;
                Assert.Contains("damaged", exception.Message, StringComparison.Ordinal);
            }
        }
        Assert.InRange(damaged, 500, 4_900);
    }

    private static ParameterChunk Generated(byte[] data) =>
        new()
        {
            Publication = new Publication { Number = 3, ParameterVersion = 12 },
            TotalBytes = 7_000_000,
            Offset = 5,
            Hash = ByteString.CopyFrom(SHA256.HashData(data)),
            Data = ByteString.CopyFrom(data),
        };

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
}
