using Agents.Networks.Cores;
using Agents.Yaml;
using Learners.Composition;
using YamlDotNet.RepresentationModel;

namespace Learners.Configuration;

/// <summary>Sections of a run's settings that only some runs read. Somebody who sets a key there for another run is told, since it would do nothing.</summary>
/// <remarks>A <c>config.yaml</c> holds every section, whoever reads it, and stays good to begin a run from.</remarks>
internal static class IdleKeys
{
    // Sections that every config.yaml has had since there are any.
    private static readonly string[] SectionsOfARun = ["wrappers", "network", "fleet", "evaluation", "checkpoints"];

    private static readonly (string Key, Func<TrainingSettings, bool, string?> Why)[] Sections =
    [
        (
            "fleet",
            (_, isFleet) =>
                isFleet
                    ? null
                    : "only a fleet's learner reads it, and this run steps its environments itself. Leave it out, or train with 'agents learner'."
        ),
        (
            "network.transformer",
            (settings, _) =>
                settings.Network.Core == MemoryCores.Transformer || settings.Agent.FurtherCores.Contains(MemoryCores.Transformer)
                    ? null
                    : $"it goes with network.core={MemoryCores.Transformer}, and the core is {settings.Network.Core}. Leave it out, or choose that core."
        ),
    ];

    /// <summary>Refuses keys that do nothing.</summary>
    /// <param name="settings">The run that came of them.</param>
    /// <param name="isFleet">Whether its unrolls come from actors.</param>
    /// <param name="file">What a file holds; null for none.</param>
    /// <param name="assignments">Single values, <c>key=value</c>.</param>
    /// <exception cref="SettingsException">There is one.</exception>
    public static void Refuse(TrainingSettings settings, bool isFleet, YamlMappingNode? file, IReadOnlyList<string> assignments)
    {
        var single = new YamlMappingNode();
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(single, assignment);
        }
        bool isConfiguration = file is not null && SectionsOfARun.All(section => file.Children.ContainsKey(section));
        foreach ((string section, Func<TrainingSettings, bool, string?> why) in Sections)
        {
            string? key = FirstKey(single, section) ?? (file is null || isConfiguration ? null : FirstKey(file, section));
            if (key is not null && why(settings, isFleet) is { } sentence)
            {
                throw new SettingsException($"{key} would do nothing: {sentence}");
            }
        }
    }

    private static string? FirstKey(YamlMappingNode root, string section)
    {
        YamlNode node = root;
        foreach (string part in section.Split('.'))
        {
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(part, out YamlNode? child))
            {
                return null;
            }
            node = child;
        }
        return node is YamlMappingNode { Children: [var (first, _), ..] } ? $"{section}.{first}" : section;
    }
}
