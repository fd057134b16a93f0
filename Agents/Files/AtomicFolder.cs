using System.Text.RegularExpressions;
using Protos.Foreign;

namespace Agents.Files;

/// <summary>Writes a folder whole or not at all: into a neighbour first, flushed to the disk, then renamed.</summary>
internal static partial class AtomicFolder
{
    /// <summary>Creates or replaces <paramref name="path"/>. When filling fails nothing of it remains and the old folder is as it was.</summary>
    /// <param name="path">Folder to write.</param>
    /// <param name="fill">Writes the files below the folder it is given.</param>
    /// <exception cref="IOException">It cannot be written; the message says why, and what to do.</exception>
    public static void Write(string path, Action<string> fill)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string suffix = Guid.NewGuid().ToString("N")[..8];
        string temporary = $"{path}.tmp-{suffix}";
        string replaced = $"{path}.old-{suffix}";
        DiskFailure.Writing(path, () => Fill(path, temporary, replaced, fill));
        TryDelete(replaced);
    }

    private static void Fill(string path, string temporary, string replaced, Action<string> fill)
    {
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            foreach (string file in Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories))
            {
                AtomicFile.FlushToDisk(file);
            }
            if (Directory.Exists(path))
            {
                Directory.Move(path, replaced);
            }
            Directory.Move(temporary, path);
        }
        catch
        {
            TryDelete(temporary);
            Restore(replaced, path);
            throw;
        }
    }

    /// <summary>Whether a folder's own name marks it as half-written or replaced, so that readers pass over it.</summary>
    public static bool IsTemporary(string path) => Mark().IsMatch(Path.GetFileName(path));

    /// <summary>Deletes what interrupted writers left in a folder, and puts back what they had moved aside.</summary>
    public static void CleanUp(string parent)
    {
        if (!Directory.Exists(parent))
        {
            return;
        }
        foreach (string folder in Directory.EnumerateDirectories(parent).Where(IsTemporary).ToArray())
        {
            Match mark = Mark().Match(Path.GetFileName(folder));
            if (mark.Groups["kind"].Value == "old")
            {
                Restore(folder, folder[..^mark.Length]);
            }
            TryDelete(folder);
        }
    }

    [GeneratedRegex(@"\.(?<kind>tmp|old)-[0-9a-f]{8}$", RegexOptions.ExplicitCapture)]
    private static partial Regex Mark();

    private static void Restore(string replaced, string path)
    {
        if (Directory.Exists(replaced) && !Directory.Exists(path))
        {
            Directory.Move(replaced, path);
        }
    }

    /// <summary>Deletes a folder and all that is in it; what links lead to stays.</summary>
    public static void Delete(string path)
    {
        if (!File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint))
        {
            Array.ForEach(Directory.GetFiles(path), File.Delete);
            Array.ForEach(Directory.GetDirectories(path), Delete);
        }
        Directory.Delete(path);
    }

    /// <summary>Deletes a folder where that is possible.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What matters was reported or has succeeded; a leftover is removed by the next CleanUp.
        }
    }
}
