using Agents.Yaml;
using Learners.Runs;
using YamlDotNet.RepresentationModel;

namespace Studies.Plotting;

/// <summary>Runs that differ in nothing but their seed.</summary>
/// <param name="Environment">Environment id, or the task of supervised runs.</param>
/// <param name="Agent">Agent, or core of supervised runs.</param>
/// <param name="Label">Agent or core, and the settings by which it differs from the other groups of the environment.</param>
/// <param name="Folders">Run folders.</param>
internal sealed record RunGroup(string Environment, string Agent, string Label, IReadOnlyList<string> Folders)
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

    /// <summary>Finds the runs at or below some folders and groups them.</summary>
    /// <param name="paths">Run folders, or folders above them.</param>
    /// <returns>Groups, by environment and label.</returns>
    /// <exception cref="IOException">A folder is missing or holds no run.</exception>
    public static IReadOnlyList<RunGroup> Find(IEnumerable<string> paths)
    {
        string[] folders = [.. paths.SelectMany(FindRuns).Distinct().Order(StringComparer.Ordinal)];
        (string Folder, SortedDictionary<string, string> Settings)[] runs =
        [
            .. folders.Select(folder => (folder, Flatten(new RunFolder(folder).Config))),
        ];
        var groups = new List<RunGroup>();
        foreach (var task in runs.GroupBy(run => run.Settings["environment"]).OrderBy(task => task.Key, StringComparer.Ordinal))
        {
            var kinds = task.GroupBy(run => string.Join('\n', run.Settings.Select(pair => $"{pair.Key}={pair.Value}"))).ToArray();
            SortedDictionary<string, string>[] settings = [.. kinds.Select(kind => kind.First().Settings)];
            groups.AddRange(
                kinds.Select(
                    (kind, i) =>
                        new RunGroup(
                            task.Key,
                            settings[i]["agent"],
                            Describe(settings[i], settings),
                            [.. kind.Select(run => run.Folder)]
                        )
                )
            );
        }
        return
        [
            .. groups
                .OrderBy(group => group.Environment, StringComparer.Ordinal)
                .ThenBy(group => group.Label, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> FindRuns(string path)
    {
        if (RunFolder.Exists(path))
        {
            return [Path.GetFullPath(path)];
        }
        string[] found = Directory.Exists(path)
            ?
            [
                .. Directory
                    .EnumerateFiles(path, "config.yaml", SearchOption.AllDirectories)
                    .Select(file => Path.GetFullPath(Path.GetDirectoryName(file)!))
                    .Where(folder => File.Exists(new RunFolder(folder).Metrics)),
            ]
            : [];
        return found.Length > 0
            ? found
            : throw new IOException(
                $"'{path}' holds no run (there is no config.yaml). Give folders that 'agents train' printed, or one above them."
            );
    }

    private static SortedDictionary<string, string> Flatten(string config)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(StrictYaml.ReadFileIn(Path.GetDirectoryName(config)!, Path.GetFileName(config)), "");
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
                if (Ignored.Contains(name))
                {
                    continue;
                }
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

    // Settings of another agent's section do not name a difference; the agent does.
    private static string Describe(SortedDictionary<string, string> own, SortedDictionary<string, string>[] all)
    {
        string agent = own["agent"];
        SortedDictionary<string, string>[] kin = [.. all.Where(other => other["agent"] == agent)];
        string[] differing =
        [
            .. kin.SelectMany(other => other.Keys)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Where(key => kin.Select(other => other.GetValueOrDefault(key)).Distinct().Count() > 1),
        ];
        IEnumerable<string> named = differing
            .Take(MostSettings)
            .Select(key => $"{key[(key.LastIndexOf('.') + 1)..]} {own.GetValueOrDefault(key, "none")}");
        string more = differing.Length > MostSettings ? $" and {differing.Length - MostSettings} more" : "";
        return differing.Length == 0 ? agent : $"{agent}, {string.Join(", ", named)}{more}";
    }
}
