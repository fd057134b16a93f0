using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class Crc32CTests
{
    [Fact]
    public void Compute_DigitsOneToNine_EqualsThePublishedChecksum() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Fact]
    public void Compute_ThirtyTwoBytes_EqualsThePublishedChecksums() // RFC 3720, appendix B.4
    {
        byte[] bytes = new byte[32];
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(bytes));
        Array.Fill(bytes, (byte)0xFF);
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(bytes));
    }

    [Fact]
    public void Compute_NoBytes_IsZero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Fact]
    public void Mask_Checksum_IsRotatedRightByFifteenBitsPlusAConstant()
    {
        const uint crc = 0xE3069283;
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8), Crc32C.Mask(crc));
        Assert.Equal(0xA282EAD8u, Crc32C.Mask(0));
    }
}
