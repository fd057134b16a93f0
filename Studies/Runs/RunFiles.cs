using System.Globalization;
using System.Text;
using System.Text.Json;
using Agents.Files;
using Learners.Runs;
using Protos.Foreign;

namespace Studies.Runs;

/// <summary>What the folder of a run tells about it.</summary>
internal sealed class RunFiles
{
    private const int TailBytes = 4_096;
    private const int LargestSummary = 1 << 20;

    private readonly RunFolder _folder;

    /// <summary>A run that may exist.</summary>
    public RunFiles(string folder) => _folder = new RunFolder(folder);

    /// <summary>Root of the run.</summary>
    public string Path => _folder.Path;

    /// <summary>Resolved settings.</summary>
    public string Config => _folder.Config;

    /// <summary>Every training episode.</summary>
    public string Episodes => _folder.Episodes;

    /// <summary>Metrics as a table.</summary>
    public string Metrics => _folder.Metrics;

    /// <summary>Where the lines of its processes go.</summary>
    public string Log => _folder.Path + ".log";

    /// <summary>What the claim lays over the tuned settings.</summary>
    public string Given => _folder.Path + ".yaml";

    /// <summary>The result; null before the end.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public JsonElement? Summary
    {
        get
        {
            if (!File.Exists(_folder.Summary))
            {
                return null;
            }
            try
            {
                using var document = JsonDocument.Parse(
                    PlainFile.ReadTextIn(_folder.Path, System.IO.Path.GetFileName(_folder.Summary), LargestSummary)
                );
                return document.RootElement.Clone();
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"'{_folder.Summary}' is no JSON: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Mean return of the evaluation after training; null before the end.</summary>
    public double? FinalReturn =>
        Status switch
        {
            RunStatus.New or RunStatus.Partial => null,
            RunStatus.Finished => Summary!.Value.GetProperty("mean_return").GetDouble(),
        };

    /// <summary>How far the run is.</summary>
    public RunStatus Status =>
        !File.Exists(_folder.Config) ? RunStatus.New
        : Summary is { ValueKind: JsonValueKind.Object } summary
        && summary.TryGetProperty("interrupted", out JsonElement interrupted)
        && interrupted.ValueKind == JsonValueKind.False
            ? RunStatus.Finished
        : RunStatus.Partial;

    /// <summary>Steps or updates in the newest row of the metrics, 0 before the first.</summary>
    public long Steps
    {
        get
        {
            try
            {
                using FileStream file = PlainFile.OpenIn(_folder.Path, System.IO.Path.GetFileName(_folder.Metrics));
                file.Seek(-Math.Min(TailBytes, file.Length), SeekOrigin.End);
                using var reader = new StreamReader(file, Encoding.UTF8);
                string[] lines = reader.ReadToEnd().Split('\n'); // the last one is empty or torn
                string cell = lines.Length < 2 ? "" : lines[^2].Split(',')[0];
                return long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out long steps) ? steps : 0;
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }

    /// <summary>Whether another process trains here.</summary>
    public bool IsInUse => FileLock.IsHeld(_folder.Lock);

    /// <summary>Removes what a run left that was killed before it could be resumed.</summary>
    public void Clear()
    {
        if (Directory.Exists(_folder.Path))
        {
            Directory.Delete(_folder.Path, recursive: true);
        }
    }
}
