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
        [
            .. Folders
                .Select(inner => (Inner: inner, Path: Path.Combine(run.Folder, inner)))
                .Where(folder => Directory.Exists(folder.Path))
                .SelectMany(folder =>
                    Directory
                        .EnumerateFiles(folder.Path)
                        .Where(file => TypeOf(file) is not null)
                        .Select(file =>
                            folder.Inner.Length == 0 ? Path.GetFileName(file) : $"{folder.Inner}/{Path.GetFileName(file)}"
                        )
                )
                .Order(StringComparer.Ordinal)
                .Take(Most),
        ];

    /// <summary>Opens a film.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">Its place in the list, from 0.</param>
    /// <returns>The file and its type for browsers; null where there is none, or it is too large or no plain file.</returns>
    public static (FileStream File, string Type)? Open(Run run, int number)
    {
        if (Of(run).ElementAtOrDefault(number) is not { } name)
        {
            return null;
        }
        try
        {
            FileStream file = PlainFile.OpenIn(run.Folder, name);
            if (file.Length <= LargestFile)
            {
                return (file, TypeOf(name)!);
            }
            file.Dispose();
        }
        catch (IOException)
        {
            // It went away, or it is a link.
        }
        return null;
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
