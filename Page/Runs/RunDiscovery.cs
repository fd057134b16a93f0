namespace Page.Runs;

/// <summary>Finds the folders of runs below a folder, again and again. A folder that has not changed since it was last listed is not listed again.</summary>
/// <remarks>Links are not followed. Below a run only its trials and skills are looked for.</remarks>
/// <param name="root">The folder of all runs, in full.</param>
internal sealed class RunDiscovery(string root)
{
    private const int Deepest = 16;

    // Within one tick of a file system's clock a folder can change after it was listed.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private static readonly EnumerationOptions Plain = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
        IgnoreInaccessible = true,
    };

    private Dictionary<string, Listed> _known = [];

    /// <summary>Folders of runs and studies, in no order.</summary>
    public IReadOnlyCollection<string> Find()
    {
        var seen = new Dictionary<string, Listed>(_known.Count, StringComparer.Ordinal);
        var runs = new List<string>();
        Look(root, 0, seen, runs);
        _known = seen;
        return runs;
    }

    private void Look(string folder, int depth, Dictionary<string, Listed> seen, List<string> runs)
    {
        DateTime written;
        try
        {
            written = Directory.GetLastWriteTimeUtc(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return; // it may not be looked at, or has a time that no calendar has
        }
        if (!_known.TryGetValue(folder, out Listed? listed) || listed.Written != written)
        {
            if (List(folder, written) is not { } fresh)
            {
                return;
            }
            listed = fresh;
        }
        if (DateTime.UtcNow - written > Settled)
        {
            seen[folder] = listed;
        }
        if (listed.IsRun)
        {
            runs.Add(folder);
        }
        foreach (string inner in depth < Deepest ? listed.Inner : [])
        {
            Look(inner, depth + 1, seen, runs);
        }
    }

    private static Listed? List(string folder, DateTime written)
    {
        try
        {
            bool isRun = FolderFiles.AreIn(folder);
            return new Listed(
                written,
                isRun,
                [
                    .. Directory
                        .EnumerateDirectories(folder, "*", Plain)
                        .Where(inner => !isRun || FolderFiles.ArePartsIn(Path.GetFileName(inner))),
                ]
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // it went away meanwhile
        }
    }

    private sealed record Listed(DateTime Written, bool IsRun, string[] Inner);
}
