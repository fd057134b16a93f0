namespace Agents.Files;

/// <summary>Writes a folder whole or not at all: into a neighbour first, flushed to the disk, then renamed.</summary>
internal static class AtomicFolder
{
    private const string TemporaryMark = ".tmp-";
    private const string ReplacedMark = ".old-";

    /// <summary>Creates or replaces <paramref name="path"/>. When filling fails nothing of it remains and the old folder is as it was.</summary>
    /// <param name="path">Folder to write.</param>
    /// <param name="fill">Writes the files below the folder it is given.</param>
    public static void Write(string path, Action<string> fill)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string suffix = Guid.NewGuid().ToString("N")[..8];
        string temporary = path + TemporaryMark + suffix;
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            foreach (string file in Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories))
            {
                using FileStream stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
                stream.Flush(flushToDisk: true);
            }
            if (!Directory.Exists(path))
            {
                Directory.Move(temporary, path);
                return;
            }
            string replaced = path + ReplacedMark + suffix;
            Directory.Move(path, replaced);
            Directory.Move(temporary, path);
            Directory.Delete(replaced, recursive: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Whether a folder's name marks it as half-written or replaced, so that readers pass over it.</summary>
    public static bool IsTemporary(string path) =>
        path.Contains(TemporaryMark, StringComparison.Ordinal) || path.Contains(ReplacedMark, StringComparison.Ordinal);

    /// <summary>Deletes what interrupted writers left in a folder.</summary>
    public static void CleanUp(string parent)
    {
        if (!Directory.Exists(parent))
        {
            return;
        }
        foreach (string folder in Directory.EnumerateDirectories(parent).Where(IsTemporary).ToArray())
        {
            TryDelete(folder);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report; a leftover is removed by the next CleanUp.
        }
    }
}
