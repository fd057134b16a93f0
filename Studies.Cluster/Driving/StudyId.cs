using System.Text.RegularExpressions;
using Agents.Files;
using Protos.Foreign;

namespace Studies.Cluster.Driving;

/// <summary>The id under which a cluster knows a study: in a file of its folder, so that it is the same however often the study is gone on with.</summary>
internal static partial class StudyId
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "cluster-id";

    private const int LargestFile = 1_000;

    /// <summary>The id of a folder, made where there is none.</summary>
    /// <exception cref="InvalidDataException">The file holds none.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static string Of(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!System.IO.File.Exists(path))
        {
            AtomicFile.Write(path, $"{Guid.NewGuid():N}\n");
        }
        string id = PlainFile.ReadText(path, LargestFile).Trim();
        return Pattern().IsMatch(id)
            ? id
            : throw new InvalidDataException($"'{path}' holds no id. Delete it: legs that workers hold are trained again.");
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Pattern();
}
