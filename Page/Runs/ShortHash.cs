using System.Security.Cryptography;
using System.Text;

namespace Page.Runs;

/// <summary>Names that tell nothing of what they stand for.</summary>
internal static class ShortHash
{
    private const int Bytes = 8;

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of a text.</summary>
    public static string Of(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Bytes));
}
