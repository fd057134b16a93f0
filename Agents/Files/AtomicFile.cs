using System.Security.Cryptography;

namespace Agents.Files;

/// <summary>Writes a file whole or not at all, and hashes files.</summary>
internal static class AtomicFile
{
    /// <summary>Creates or replaces a file; when writing fails the old one is as it was.</summary>
    public static void Write(string path, string text) => Write(path, temporary => File.WriteAllText(temporary, text));

    /// <summary>Creates or replaces a file; when writing fails the old one is as it was.</summary>
    public static void Write(string path, byte[] bytes) => Write(path, temporary => File.WriteAllBytes(temporary, bytes));

    private static void Write(string path, Action<string> fill)
    {
        string temporary = $"{path}.tmp-{Guid.NewGuid().ToString("N")[..8]}";
        try
        {
            fill(temporary);
            FlushToDisk(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
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
