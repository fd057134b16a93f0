using Agents.Files;

namespace Studies.Cluster.Driving;

/// <summary>Puts a folder that has arrived whole in the place of the study's.</summary>
internal static class LegFolder
{
    private const string Arriving = ".arriving-";

    /// <summary>A place for what has not arrived whole, on the same disk.</summary>
    public static string ArrivingIn(string study) => Path.Combine(study, $"{Arriving}{Guid.NewGuid():N}");

    /// <summary>Deletes what an interrupted study left, and puts back what it had moved aside.</summary>
    public static void CleanUp(string study)
    {
        foreach (string folder in Directory.EnumerateDirectories(study))
        {
            if (Path.GetFileName(folder).StartsWith(Arriving, StringComparison.Ordinal))
            {
                AtomicFolder.TryDelete(folder);
            }
            else
            {
                AtomicFolder.CleanUp(folder);
            }
        }
    }

    /// <summary>Replaces a folder.</summary>
    /// <param name="study">The study's folder.</param>
    /// <param name="folder">The leg's, relative to it.</param>
    /// <param name="arrived">What has arrived, with names relative to the study's folder; deleted.</param>
    /// <exception cref="InvalidDataException">Nothing has.</exception>
    public static void Replace(string study, string folder, string arrived)
    {
        string source = Path.Combine(arrived, folder);
        string target = Path.Combine(study, folder);
        if (!Directory.Exists(source))
        {
            throw new InvalidDataException($"The worker has no files of {folder}.");
        }
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (Directory.Exists(target))
        {
            AtomicFolder.Write(target, temporary => MoveAll(source, temporary));
        }
        else
        {
            // Not through a neighbour, which whoever prunes the folders of members would delete.
            foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                AtomicFile.FlushToDisk(file);
            }
            Directory.Move(source, target);
        }
        AtomicFolder.TryDelete(arrived);
    }

    private static void MoveAll(string source, string target)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(source))
        {
            Directory.Move(path, Path.Combine(target, Path.GetFileName(path)));
        }
    }
}
