using System.Text;
using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class Crc32CTests
{
    [Fact]
    public void Compute_DigitsOneToNine_GivesTheCatalogueValue() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Fact]
    public void Compute_NoBytes_GivesZero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Theory] // RFC 3720, appendix B.4
    [InlineData(0x00, 0, 0x8A9136AAu)]
    [InlineData(0xFF, 0, 0x62A8AB43u)]
    [InlineData(0x00, 1, 0x46DD794Eu)]
    [InlineData(0x1F, -1, 0x113FDB5Cu)]
    public void Compute_ThirtyTwoBytesOfTheStandard_GivesItsValues(byte first, int increment, uint expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)(first + i * increment))];
        Assert.Equal(expected, Crc32C.Compute(bytes));
    }

    [Fact]
    public void Compute_EveryLength_AgreesWithTheBitwiseDefinition()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("the quick brown fox jumps");
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(Bitwise(bytes.AsSpan(0, length)), Crc32C.Compute(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void ComputeMasked_DigitsOneToNine_RotatesAndAdds()
    {
        const uint crc = 0xE3069283u;
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u), Crc32C.ComputeMasked("123456789"u8));
    }

    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFFu;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }
        return crc ^ 0xFFFFFFFFu;
    }
}
