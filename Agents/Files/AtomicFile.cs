using System.Security.Cryptography;
using Protos.Foreign;

namespace Agents.Files;

/// <summary>Writes a file whole or not at all, and hashes files.</summary>
internal static class AtomicFile
{
    /// <summary>Creates or replaces a file; when writing fails the old one is as it was.</summary>
    /// <exception cref="IOException">It cannot be written; the message says why, and what to do.</exception>
    public static void Write(string path, string text) => Write(path, temporary => File.WriteAllText(temporary, text));

    /// <summary>Creates or replaces a file; when writing fails the old one is as it was.</summary>
    public static void Write(string path, byte[] bytes) => Write(path, temporary => File.WriteAllBytes(temporary, bytes));

    private static void Write(string path, Action<string> fill)
    {
        string temporary = $"{path}.tmp-{Guid.NewGuid().ToString("N")[..8]}";
        DiskFailure.Writing(path, () => Fill(temporary, path, fill));
    }

    private static void Fill(string temporary, string path, Action<string> fill)
    {
        try
        {
            fill(temporary);
            FlushToDisk(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    // Where its folder is missing, deleting fails as well; what matters is told already.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (DiskFailure.IsOne(exception)) { }
    }

    /// <summary>Waits until a file's bytes are on the disk.</summary>
    public static void FlushToDisk(string path)
    {
        using FileStream stream = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>SHA-256 of a file, in hexadecimal.</summary>
    public static string Hash(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
