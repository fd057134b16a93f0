using System.Text.Json;
using Agents.Yaml;
using Page.Runs;
using Protos.Foreign;
using Studies.Runs;

namespace Page.Details;

/// <summary>What the details of a run show. What cannot be read is a problem in words, and no error.</summary>
internal sealed record RunDetails
{
    private const int LongestValue = 2_000;

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
                () => [.. RunSettings.Read(run.Folder).Select(pair => (pair.Key, Shown(pair.Value)))],
                problems
            ),
            Summary = Try<(string, string)>(() => Flatten(new RunFiles(run.Folder).Summary), problems),
            Log = string.Join('\n', Try<string>(() => [.. ProcessLog.Tail(run.Folder)], problems)),
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

    private static string Text(JsonElement value)
    {
        string raw = value.GetRawText(); // as it stands: half of a surrogate pair is no text that could be taken
        return Shown(value.ValueKind == JsonValueKind.String && !raw.Contains('\\', StringComparison.Ordinal) ? raw[1..^1] : raw);
    }

    private static string Shown(string value) => value.Length <= LongestValue ? value : value[..LongestValue] + " …";
}
