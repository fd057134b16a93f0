using System.Text;
using System.Text.Json;
using Agents.Yaml;
using Page.Runs;
using Protos.Foreign;
using Studies.Plotting;
using Studies.Runs;

namespace Page.Details;

/// <summary>What the details of a run show. What cannot be read is a problem in words, and no error.</summary>
internal sealed record RunDetails
{
    private const int LogBytes = 16 << 10;

    /// <summary>All settings, by key.</summary>
    public required IReadOnlyList<(string Key, string Value)> Settings { get; init; }

    /// <summary>Its result, by key; nested keys have dots.</summary>
    public required IReadOnlyList<(string Key, string Value)> Summary { get; init; }

    /// <summary>The last lines of its process; empty where they were not written down.</summary>
    public required string Log { get; init; }

    /// <summary>Films and pictures.</summary>
    public required IReadOnlyList<string> Films { get; init; }

    /// <summary>What could not be read, in whole sentences.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Reads them.</summary>
    public static RunDetails Read(Run run)
    {
        var problems = new List<string>();
        return new RunDetails
        {
            Settings = Try<(string, string)>(
                () => [.. FlatSettings.Read(run.Folder).Select(pair => (pair.Key, pair.Value))],
                problems
            ),
            Summary = Try<(string, string)>(() => Flatten(new RunFiles(run.Folder).Summary), problems),
            Log = string.Join('\n', Try<string>(() => [.. Tail(run.Folder)], problems)),
            Films = Try(() => Details.Films.Of(run), problems),
            Problems = problems,
        };
    }

    private static IReadOnlyList<T> Try<T>(Func<IReadOnlyList<T>> read, List<string> problems)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or InvalidDataException or SettingsException)
        {
            problems.Add(ForeignText.Show(exception.Message));
            return [];
        }
    }

    private static List<(string, string)> Flatten(JsonElement? summary)
    {
        var flat = new List<(string, string)>();
        Add(summary ?? default, "");
        return flat;

        void Add(JsonElement element, string path)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                return;
            }
            foreach (JsonProperty property in element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Object)
                {
                    Add(property.Value, path + property.Name + ".");
                }
                else
                {
                    flat.Add((path + property.Name, Text(property.Value)));
                }
            }
        }
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // What a run's process says stands beside its folder, where something started it that wrote it down.
    private static string[] Tail(string folder)
    {
        string path = new RunFiles(folder).Log;
        if (!File.Exists(path))
        {
            return [];
        }
        using FileStream file = PlainFile.OpenIn(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        file.Seek(-Math.Min(LogBytes, file.Length), SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n');
    }
}
