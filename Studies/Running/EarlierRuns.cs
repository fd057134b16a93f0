using System.Text.RegularExpressions;
using Agents.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Studies.Running;

/// <summary>
/// What settings of a claim may say of other runs: <c>{run:ARM@TASK}</c> is the folder of the run of another arm and task with the same seed, which ends
/// before, and <c>{seed}</c>, also in the id of an environment, is the seed.
/// </summary>
internal static partial class EarlierRuns
{
    private const string Root = "claim-root:";
    private const string Form =
        "Write {run:ARM@TASK} with an arm and a task that stand before, or with an arm that stands before in the same task.";

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
                if (scalar.Value.Contains("{run:", StringComparison.Ordinal))
                {
                    throw new SettingsException($"{source}: '{text}' is not how an earlier run is named. {Form}");
                }
            }
        }
        return [.. found.Distinct()];

        string FolderOf(Match name)
        {
            (string arm, string task) = (name.Groups[1].Value, name.Groups[2].Value);
            PlannedRun run =
                earlier.LastOrDefault(other => other.Seed == seed && other.Arm.Name == arm && other.Task.Name == task)
                ?? throw new SettingsException(
                    $"{source}: {name.Value} names no run before this one, or one of a task that is left out here. {Form}"
                );
            found.Add(run.Folder);
            return WithSlashes(run.Folder);
        }
    }

    /// <summary>Settings of a run whose folder is known.</summary>
    /// <param name="settings">As they were planned.</param>
    /// <param name="path">Folder of the run, in full.</param>
    /// <param name="folder">The same below the root.</param>
    public static string At(string settings, string path, string folder)
    {
        YamlMappingNode tree = StrictYaml.Parse(settings, "settings of a run");
        foreach (YamlScalarNode scalar in Scalars(tree))
        {
            if (scalar.Value!.StartsWith(Root, StringComparison.Ordinal))
            {
                scalar.Value = path[..^folder.Length] + scalar.Value[(Root.Length + 1)..];
            }
        }
        return StrictYaml.Write(tree);
    }

    /// <summary>Settings for comparison: without what lies before folders of earlier runs, and without sums of weights, which are those of whatever lies there.</summary>
    /// <param name="settings">As they were planned, or as a run wrote them down.</param>
    /// <param name="after">Folders of the runs that it begins with.</param>
    public static string WithoutPlaces(string settings, IReadOnlyList<string> after)
    {
        YamlMappingNode tree = StrictYaml.Parse(settings, "settings of a run");
        foreach (YamlScalarNode scalar in Scalars(tree))
        {
            foreach (string folder in after)
            {
                int at = WithSlashes(scalar.Value!).IndexOf(WithSlashes(folder), StringComparison.Ordinal);
                if (at >= 0)
                {
                    scalar.Value = $"{Root}/{WithSlashes(scalar.Value![at..])}";
                }
            }
        }
        foreach (YamlMappingNode mapping in tree.AllNodes.OfType<YamlMappingNode>().ToArray())
        {
            mapping.Children.Remove("weights_sha256");
        }
        return StrictYaml.Write(tree);
    }

    // Quoted only where they have to be, so that equal trees are equal texts.
    private static YamlScalarNode[] Scalars(YamlNode tree)
    {
        YamlScalarNode[] scalars = [.. tree.AllNodes.OfType<YamlScalarNode>().Where(scalar => scalar.Value is not null)];
        foreach (YamlScalarNode scalar in scalars)
        {
            scalar.Style = ScalarStyle.Any;
        }
        return scalars;
    }

    private static string WithSlashes(string path) => path.Replace(Path.DirectorySeparatorChar, '/');

    [GeneratedRegex(@"\{run:([^@{}]+)@([^{}]+)\}")]
    private static partial Regex Name();
}
