using System.Net;

namespace Chaos.Bodies;

/// <summary>A body of a beginning and one part over and over, which takes no memory of its own.</summary>
/// <param name="beginning">First bytes.</param>
/// <param name="part">What follows, again and again.</param>
/// <param name="length">Bytes in all.</param>
/// <param name="tellsLength">Whether it says beforehand how long it is.</param>
internal sealed class RepeatedContent(byte[] beginning, byte[] part, long length, bool tellsLength) : HttpContent
{
    private const int BlockSize = 64 << 10;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(beginning).ConfigureAwait(false);
        var block = new byte[Math.Max(1, BlockSize / part.Length) * part.Length];
        for (int i = 0; i < block.Length; i += part.Length)
        {
            part.CopyTo(block, i);
        }
        for (long left = length - beginning.Length; left > 0; left -= block.Length)
        {
            await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length))).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return tellsLength;
    }
}
