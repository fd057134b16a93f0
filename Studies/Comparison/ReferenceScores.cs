using Agents.Yaml;
using Environments;
using Environments.Naming;
using Protos.Foreign;
using YamlDotNet.RepresentationModel;

namespace Studies.Comparison;

/// <summary>What is known of the returns of tasks: from a file, and from the environments themselves.</summary>
internal sealed class ReferenceScores
{
    private readonly Dictionary<string, ReferenceScore> _given = [];
    private readonly EnvironmentRegistry _registry;

    /// <summary>Reads a file, where one is given.</summary>
    /// <param name="file">YAML: task, then <c>random</c> and <c>reference</c>; null for none.</param>
    /// <param name="registry">Knows the environments.</param>
    /// <exception cref="SettingsException">The file cannot be read, or says something else; the message names the key.</exception>
    public ReferenceScores(string? file, EnvironmentRegistry registry)
    {
        _registry = registry;
        YamlMappingNode root = file is null ? [] : StrictYaml.ReadFile(file, "file of reference scores");
        foreach ((YamlNode key, YamlNode value) in root.Children)
        {
            string task = (key as YamlScalarNode)?.Value ?? "";
            _given[task] = value is YamlMappingNode mapping
                ? StrictYaml.Bind<ReferenceScore>(mapping, $"{file}: {ForeignText.Show(task)}")
                : throw new SettingsException(
                    $"{file}: {ForeignText.Show(task)} must hold two keys, such as {{ random: 22.3, reference: 475 }}."
                );
        }
    }

    /// <summary>The references of tasks.</summary>
    /// <exception cref="SettingsException">Those of a task are not known; the message names it and the option.</exception>
    public IReadOnlyDictionary<string, ReferenceScore> Of(IReadOnlyList<string> tasks)
    {
        var found = new Dictionary<string, ReferenceScore>();
        foreach (string task in tasks)
        {
            EnvironmentSpec? spec = SpecOf(task);
            if (_given.TryGetValue(task, out ReferenceScore? score))
            {
                found[task] = score;
            }
            else if (spec is { RandomReturn: { } random, RewardThreshold: { } threshold } && threshold > random)
            {
                found[task] = new ReferenceScore { Random = random, Reference = threshold };
            }
        }
        string[] unknown = [.. tasks.Where(task => !found.ContainsKey(task))];
        return unknown.Length == 0
            ? found
            : throw new SettingsException(
                $"Scores of several tasks are averaged only after normalisation, and it is not known which returns count as 0 and 1 on {ForeignText.Show(string.Join(", ", unknown))}.{NearestName.Suggest(unknown[0], _given.Keys)} Give them with --reference FILE.yaml, which has a line for each of these tasks, such as '{ForeignText.Show(unknown[0])}: {{ random: 0, reference: 100 }}'."
            );
    }

    /// <summary>The return from which an environment counts as solved; null where it has no such mark, or where it would have to be started to tell.</summary>
    public double? ThresholdOf(string task) => SpecOf(task)?.RewardThreshold;

    private EnvironmentSpec? SpecOf(string task) =>
        !RemoteId.IsRemote(task) && _registry.TryFind(task, out EnvironmentSpec? spec) ? spec : null;
}
