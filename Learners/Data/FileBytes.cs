using System.IO.Compression;
using Protos.Foreign;

namespace Learners.Data;

/// <summary>Reads files that may come from anyone into memory, up to a size.</summary>
internal static class FileBytes
{
    private const int ChunkSize = 1 << 20;

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file; one whose name ends in <c>.gz</c> is unpacked.</param>
    /// <param name="limit">Most bytes that are read; of a packed file those that come out.</param>
    /// <exception cref="InvalidDataException">It is larger, empty, or no gzip file though it is called one.</exception>
    /// <exception cref="IOException">It cannot be read, or is no plain file.</exception>
    public static byte[] Read(string path, int limit)
    {
        using FileStream file = PlainFile.Open(path);
        byte[] bytes = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? Unpack(file, path, limit)
            : Read(file, path, limit);
        return bytes.Length > 0 ? bytes : throw new InvalidDataException($"'{ForeignText.Show(path)}' is empty.");
    }

    private static byte[] Read(FileStream file, string path, int limit)
    {
        if (file.Length > limit)
        {
            throw TooLarge(path, limit);
        }
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // Nothing says how much comes out of a packed file, and a small one can hold very much.
    private static byte[] Unpack(FileStream file, string path, int limit)
    {
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var all = new MemoryStream();
        var chunk = new byte[ChunkSize];
        while (ReadSome() is var count and > 0)
        {
            if (all.Length + count > limit)
            {
                throw TooLarge(path, limit);
            }
            all.Write(chunk, 0, count);
        }
        return all.ToArray();

        int ReadSome()
        {
            try
            {
                return unpacked.Read(chunk);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException(
                    $"'{ForeignText.Show(path)}' is no whole gzip file: {exception.Message}",
                    exception
                );
            }
        }
    }

    private static InvalidDataException TooLarge(string path, int limit) =>
        new($"'{ForeignText.Show(path)}' holds more than the {limit} bytes that are read. Give a smaller file.");
}
