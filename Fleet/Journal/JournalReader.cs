using System.Buffers.Binary;
using System.Globalization;
using Learners.Metrics;
using Protos.Foreign;

namespace Fleet.Journal;

/// <summary>Reads the segments of a journal, oldest first.</summary>
internal static class JournalReader
{
    /// <summary>Ending of a segment's file.</summary>
    public const string Extension = ".unrolls";

    /// <summary>Segments of a folder, by number.</summary>
    public static IReadOnlyList<(long Number, string Path)> List(string folder) =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(folder, "*" + Extension)
                    .Select(path =>
                        (
                            Parsed: long.TryParse(
                                Path.GetFileNameWithoutExtension(path),
                                NumberStyles.None,
                                CultureInfo.InvariantCulture,
                                out long number
                            ),
                            number,
                            path
                        )
                    )
                    .Where(entry => entry.Parsed)
                    .Select(entry => (entry.number, entry.path))
                    .OrderBy(entry => entry.number),
            ];

    /// <summary>All whole records of a folder.</summary>
    /// <param name="folder">Folder of a journal.</param>
    /// <param name="damaged">Told which segment ends in something else, and in what. A killed learner leaves such ends; nothing in them was acknowledged.</param>
    /// <param name="firstSegment">Segments before it are left out.</param>
    public static IEnumerable<JournalEntry> ReadAll(string folder, Action<string, string> damaged, long firstSegment = 0)
    {
        foreach ((long number, string path) in List(folder).Where(entry => entry.Number >= firstSegment))
        {
            foreach (JournalEntry entry in Read(path, number, reason => damaged(Path.GetFileName(path), reason)))
            {
                yield return entry;
            }
        }
    }

    /// <summary>The whole records of a segment.</summary>
    public static IEnumerable<JournalEntry> Read(string path, long number, Action<string> damaged)
    {
        using Stream stream = new BufferedStream(PlainFile.OpenIn(Path.GetDirectoryName(path)!, Path.GetFileName(path)), 1 << 16);
        var prefix = new byte[JournalRecord.PrefixSize];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            yield break;
        }
        if (read < prefix.Length || !prefix.AsSpan().SequenceEqual(JournalRecord.Magic))
        {
            damaged("it does not begin as a journal of this version does");
            yield break;
        }
        byte[] content = [];
        while (true)
        {
            read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                yield break;
            }
            int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
            if (read < prefix.Length || length is <= 0 or > JournalRecord.MaxSize || length > stream.Length - stream.Position)
            {
                damaged("its last record is cut off");
                yield break;
            }
            if (content.Length < length)
            {
                content = new byte[length];
            }
            stream.ReadExactly(content.AsSpan(0, length));
            if (Crc32C.Compute(content.AsSpan(0, length)) != BinaryPrimitives.ReadUInt32LittleEndian(prefix.AsSpan(4)))
            {
                damaged("a record is not what was written (its CRC differs)");
                yield break;
            }
            JournalEntry? entry = null;
            try
            {
                (Protos.UnrollHeader header, DateTimeOffset received, int offset) = JournalRecord.ReadHeader(
                    content.AsMemory(0, length)
                );
                entry = new JournalEntry(header, received, content.AsMemory(offset, length - offset), number);
            }
            catch (InvalidDataException exception)
            {
                damaged(exception.Message);
            }
            if (entry is not { } whole)
            {
                yield break;
            }
            yield return whole;
        }
    }
}
