using System.Text;
using Agents.Yaml;
using Learners.Runs;
using YamlDotNet.RepresentationModel;

namespace Studies.Plotting;

/// <summary>Settings of a run as lines of key and value, and by which of them runs differ.</summary>
internal static class FlatSettings
{
    private const int MostSettings = 3;

    // What never changes the numbers of a run does not part it from its kind.
    private static readonly string[] Ignored =
    [
        "seed",
        "checkpoints",
        "environment_threads",
        "overlap",
        "record_episodes",
        "evaluation",
    ];

    /// <summary>Reads all settings of a run.</summary>
    /// <param name="folder">The run.</param>
    /// <returns>Values by key, such as <c>ppo.learning_rate</c>; a supervised run has its task as environment and its core as agent, too.</returns>
    /// <exception cref="InvalidDataException">They name no environment or no agent.</exception>
    /// <exception cref="SettingsException">The file is no YAML.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SortedDictionary<string, string> Read(string folder)
    {
        string config = new RunFolder(folder).Config;
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(StrictYaml.ReadFileIn(folder, Path.GetFileName(config)), "");
        if (flat.TryGetValue("task", out string? task))
        {
            (flat["environment"], flat["agent"]) = (task, flat.GetValueOrDefault("network.core", task));
        }
        return flat.ContainsKey("environment") && flat.ContainsKey("agent")
            ? flat
            : throw new InvalidDataException($"'{config}' names no environment or no agent, so it is no run's.");

        void Add(YamlMappingNode mapping, string path)
        {
            foreach ((YamlNode key, YamlNode value) in mapping.Children)
            {
                string name = path + key;
                if (value is YamlMappingNode inner)
                {
                    Add(inner, name + ".");
                }
                else
                {
                    flat[name] = value is YamlSequenceNode list ? $"[{string.Join(", ", list.Children)}]" : value.ToString();
                }
            }
        }
    }

    /// <summary>The settings that part a run from those of another kind: without the seed and what never changes the numbers of a run.</summary>
    public static SortedDictionary<string, string> OfKind(SortedDictionary<string, string> all) =>
        new(all.Where(pair => !Ignored.Any(key => IsAt(pair.Key, key))).ToDictionary(), StringComparer.Ordinal);

    /// <summary>A text that is the same for the same settings and for no others.</summary>
    public static string Identity(SortedDictionary<string, string> settings)
    {
        var text = new StringBuilder();
        foreach ((string key, string value) in settings)
        {
            text.Append(key).Append('=').Append(value).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>A label for each kind, which tells it from the others of its environment.</summary>
    /// <param name="kinds">Settings of one kind each.</param>
    public static string[] Labels(IReadOnlyList<SortedDictionary<string, string>> kinds)
    {
        ILookup<string, SortedDictionary<string, string>> tasks = kinds.ToLookup(kind => kind["environment"]);
        return [.. kinds.Select(own => Describe(own, [.. tasks[own["environment"]]]))];
    }

    /// <summary>The agent, and the settings by which it differs from others of the same agent.</summary>
    /// <param name="own">Settings of one kind.</param>
    /// <param name="all">Settings of all kinds, also this one.</param>
    // Settings of another agent's section do not name a difference; the agent does.
    public static string Describe(SortedDictionary<string, string> own, IReadOnlyList<SortedDictionary<string, string>> all)
    {
        string agent = own["agent"];
        string[] differing = Differing([.. all.Where(other => other["agent"] == agent)]);
        IEnumerable<string> named = differing
            .Take(MostSettings)
            .Select(key => $"{key[(key.LastIndexOf('.') + 1)..]} {own.GetValueOrDefault(key, "none")}");
        string more = differing.Length > MostSettings ? $" and {differing.Length - MostSettings} more" : "";
        return differing.Length == 0 ? agent : $"{agent}, {string.Join(", ", named)}{more}";
    }

    /// <summary>Keys whose values are not the same in all.</summary>
    public static string[] Differing(IReadOnlyList<SortedDictionary<string, string>> all) =>
        [
            .. all.SelectMany(other => other.Keys)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Where(key => all.Select(other => other.GetValueOrDefault(key)).Distinct().Count() > 1),
        ];

    private static bool IsAt(string key, string place) =>
        key == place
        || (key.Length > place.Length && key[place.Length] == '.' && key.StartsWith(place, StringComparison.Ordinal));
}
