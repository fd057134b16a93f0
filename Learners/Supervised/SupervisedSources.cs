using Agents.Networks.Cores;
using Agents.Yaml;
using YamlDotNet.RepresentationModel;

namespace Learners.Supervised;

/// <summary>Puts the settings of a supervised run together: the records' defaults, what its task usually has, a file, single values; later ones win.</summary>
internal static class SupervisedSources
{
    private const string TaskKey = "task";

    // Adam's epsilon as its paper has it: mean losses over many steps have small gradients.
    private const string Usual = "adam: { epsilon: 1e-8 }";

    /// <summary>Resolves the settings of a run.</summary>
    /// <param name="task">Name of the task; null to take it from the file.</param>
    /// <param name="file">A YAML file of the user; null for none.</param>
    /// <param name="assignments">Single values, <c>key=value</c>.</param>
    /// <exception cref="SettingsException">A key or value is not possible, or there is no such task.</exception>
    public static SupervisedSettings Load(string? task, string? file, IReadOnlyList<string> assignments)
    {
        YamlMappingNode given = file is null ? [] : StrictYaml.ReadFile(file, StrictYaml.SettingsFile);
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(given, assignment);
        }
        return Load(task, given, file ?? "settings");
    }

    /// <summary>Resolves the settings of a run from those given, which are left as they are.</summary>
    /// <param name="task">Name of the task; null to take it from those given.</param>
    /// <param name="given">Laid over the usual ones of the task.</param>
    /// <param name="source">Where they come from, for messages.</param>
    /// <exception cref="SettingsException">A key or value is not possible, or there is no such task.</exception>
    public static SupervisedSettings Load(string? task, YamlMappingNode given, string source)
    {
        SupervisedTask found = SupervisedTasks.Find(task ?? Named(given, source));
        YamlMappingNode root = StrictYaml.Parse(Usual, source);
        StrictYaml.Merge(root, StrictYaml.Parse(found.Usual, $"task {found.Name}"));
        StrictYaml.RemoveUnchosen(new SupervisedSettings { Task = found }, root, given);
        RemoveOtherCores(root, given);
        StrictYaml.Merge(root, given);
        root.Children[TaskKey] = found.Name;
        return StrictYaml.Bind(new SupervisedSettings { Task = found }, root, source);
    }

    /// <summary>Reads the resolved settings of a run folder: what they leave out has the default, not what the task usually has.</summary>
    /// <exception cref="SettingsException">A key or value is not possible.</exception>
    public static SupervisedSettings Read(string path, IReadOnlyList<string> assignments)
    {
        YamlMappingNode root = StrictYaml.ReadFileIn(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(root, assignment);
        }
        return StrictYaml.Bind(new SupervisedSettings { Task = SupervisedTasks.Find(Named(root, path)) }, root, path);
    }

    /// <summary>The text of <c>config.yaml</c>: every resolved setting.</summary>
    public static string Write(SupervisedSettings settings) => StrictYaml.Write(settings);

    // The task's usual core may have settings of its own, which say nothing to another one.
    private static void RemoveOtherCores(YamlMappingNode usual, YamlMappingNode given)
    {
        if (
            usual.Children.TryGetValue("network", out YamlNode? network)
            && network is YamlMappingNode node
            && given.Children.TryGetValue("network", out YamlNode? other)
            && (other as YamlMappingNode)?.Children.TryGetValue("core", out YamlNode? core) == true
        )
        {
            foreach (CoreEntry entry in MemoryCores.All.Where(entry => entry.Name != core.ToString()))
            {
                node.Children.Remove(entry.Name);
            }
        }
    }

    private static string Named(YamlMappingNode root, string source) =>
        root.Children.TryGetValue(TaskKey, out YamlNode? value) && value is YamlScalarNode { Value: { } name }
            ? name
            : throw new SettingsException(
                $"{source} names no task. Add 'task: copy', or name one; 'agents learn --list' lists all."
            );
}
