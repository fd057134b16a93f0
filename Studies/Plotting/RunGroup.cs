using Learners.Runs;

namespace Studies.Plotting;

/// <summary>Runs that differ in nothing but their seed.</summary>
/// <param name="Environment">Environment id, or the task of supervised runs.</param>
/// <param name="Agent">Agent, or core of supervised runs.</param>
/// <param name="Label">Agent or core, and the settings by which it differs from the other groups of the environment.</param>
/// <param name="Folders">Run folders.</param>
internal sealed record RunGroup(string Environment, string Agent, string Label, IReadOnlyList<string> Folders)
{
    /// <summary>Finds the runs at or below some folders and groups them.</summary>
    /// <param name="paths">Run folders, or folders above them.</param>
    /// <returns>Groups, by environment and label.</returns>
    /// <exception cref="IOException">A folder is missing or holds no run.</exception>
    public static IReadOnlyList<RunGroup> Find(IEnumerable<string> paths)
    {
        string[] folders = [.. paths.SelectMany(FindRuns).Distinct().Order(StringComparer.Ordinal)];
        (string Folder, SortedDictionary<string, string> Settings)[] runs =
        [
            .. folders.Select(folder => (folder, FlatSettings.OfKind(FlatSettings.Read(folder)))),
        ];
        var kinds = runs.GroupBy(run => FlatSettings.Identity(run.Settings)).ToArray();
        SortedDictionary<string, string>[] settings = [.. kinds.Select(kind => kind.First().Settings)];
        string[] labels = FlatSettings.Labels(settings);
        return
        [
            .. kinds
                .Select(
                    (kind, i) =>
                        new RunGroup(
                            settings[i]["environment"],
                            settings[i]["agent"],
                            labels[i],
                            [.. kind.Select(run => run.Folder)]
                        )
                )
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
                    .EnumerateFiles(path, RunFolder.ConfigName, SearchOption.AllDirectories)
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
}
