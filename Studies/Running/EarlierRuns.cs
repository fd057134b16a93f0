using System.Text.RegularExpressions;
using Agents.Yaml;
using YamlDotNet.RepresentationModel;

namespace Studies.Running;

/// <summary>
/// What settings of a claim may say of other runs: <c>{run:ARM@TASK}</c> is the folder of the run of another arm and task with the same seed, which ends
/// before, and <c>{seed}</c>, also in the id of an environment, is the seed.
/// </summary>
internal static partial class EarlierRuns
{
    private const string Root = "claim-root:";

    /// <summary>A text with the seed of a run.</summary>
    public static string WithSeed(string text, int seed) => text.Replace("{seed}", $"{seed}", StringComparison.Ordinal);

    /// <summary>Puts folders in the place of names, below a root that is not known yet.</summary>
    /// <param name="settings">Settings of a run, changed in place.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="earlier">Runs that were planned before it.</param>
    /// <param name="source">Whose settings they are, for messages.</param>
    /// <returns>Folders of the runs that were named.</returns>
    /// <exception cref="SettingsException">There is no such run before it.</exception>
    public static string[] Replace(YamlNode settings, int seed, IReadOnlyList<PlannedRun> earlier, string source)
    {
        var found = new List<string>();
        foreach (YamlScalarNode scalar in settings.AllNodes.OfType<YamlScalarNode>())
        {
            scalar.Value = scalar.Value is { } value ? WithSeed(value, seed) : null;
            if (scalar.Value is { } text && text.Contains("{run:", StringComparison.Ordinal))
            {
                scalar.Value = Name().Replace(text, name => $"{Root}/{FolderOf(name)}");
            }
        }
        return [.. found.Distinct()];

        string FolderOf(Match name)
        {
            (string arm, string task) = (name.Groups[1].Value, name.Groups[2].Value);
            PlannedRun run =
                earlier.LastOrDefault(other => other.Seed == seed && other.Arm.Name == arm && other.Task.Name == task)
                ?? throw new SettingsException(
                    $"{source}: {name.Value} names no run before this one. Write {{run:ARM@TASK}} with an arm and a task that stand before, or before it in the same task."
                );
            found.Add(run.Folder);
            return run.Folder.Replace(Path.DirectorySeparatorChar, '/');
        }
    }

    /// <summary>Settings of a run whose folder is known.</summary>
    /// <param name="settings">As they were planned.</param>
    /// <param name="path">Folder of the run.</param>
    /// <param name="folder">The same below the root.</param>
    public static string At(string settings, string path, string folder) =>
        settings.Replace(Root, path[..^(folder.Length + 1)], StringComparison.Ordinal);

    /// <summary>Settings for comparison: without the root, and without sums of weights, which are those of whatever lies there.</summary>
    public static string WithoutPlaces(string settings, string root) =>
        Sum().Replace(settings.Replace(Path.GetFullPath(root), Root, StringComparison.Ordinal), "");

    [GeneratedRegex(@"\{run:([^@{}]+)@([^{}]+)\}")]
    private static partial Regex Name();

    [GeneratedRegex(@"\n *weights_sha256:.*")]
    private static partial Regex Sum();
}
