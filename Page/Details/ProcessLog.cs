using System.Text;
using Protos.Foreign;
using Studies.Runs;

namespace Page.Details;

/// <summary>What a run's process says, which stands beside the run's folder where something started it that wrote it down.</summary>
internal static class ProcessLog
{
    private const int Bytes = 16 << 10;

    /// <summary>The last lines; none where there is no file.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string[] Tail(string folder)
    {
        string path = new RunFiles(folder).Log;
        if (!File.Exists(path))
        {
            return [];
        }
        using FileStream file = PlainFile.OpenIn(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        file.Seek(-Math.Min(Bytes, file.Length), SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n');
    }
}
