using Page.Runs;
using Protos.Foreign;

namespace Page.Details;

/// <summary>Films and pictures in the folder of a run, such as 'agents record' and 'agents plot' write. They are named by their place in the list, never by a path.</summary>
internal static class Films
{
    /// <summary>Most of a run.</summary>
    public const int Most = 24;

    /// <summary>Largest file that is shown, in bytes.</summary>
    public const long LargestFile = 64 << 20;

    // Of a run itself, and of a discovery's films of its skills.
    private static readonly string[] Folders = ["", "pictures"];

    /// <summary>Names, relative to the run's folder with slashes, in order.</summary>
    public static IReadOnlyList<string> Of(Run run) =>
        [.. Folders.SelectMany(inner => In(run.Folder, inner)).Order(StringComparer.Ordinal).Take(Most)];

    /// <summary>Opens a film.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">Its place in the list, from 0.</param>
    /// <param name="name">Its name there, since the list may have become another; empty for whatever stands there.</param>
    /// <returns>The file and its type for browsers; null where there is none, or it is too large or no plain file.</returns>
    public static (FileStream File, string Type)? Open(Run run, int number, string name)
    {
        if (Of(run).ElementAtOrDefault(number) is not { } found || (name.Length > 0 && name != found))
        {
            return null;
        }
        try
        {
            FileStream file = PlainFile.OpenIn(run.Folder, found);
            if (file.Length <= LargestFile)
            {
                return (file, TypeOf(found)!);
            }
            file.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It went away, it is a link, or it may not be read.
        }
        return null;
    }

    // A folder that may not be read has none; the others keep theirs.
    private static string[] In(string run, string inner)
    {
        string folder = Path.Combine(run, inner);
        try
        {
            return Directory.Exists(folder)
                ?
                [
                    .. Directory
                        .EnumerateFiles(folder)
                        .Where(file => TypeOf(file) is not null)
                        .Select(file => inner.Length == 0 ? Path.GetFileName(file) : $"{inner}/{Path.GetFileName(file)}"),
                ]
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".gif" => "image/gif",
            ".png" or ".apng" => "image/png",
            ".mp4" => "video/mp4",
            _ => null,
        };
}
