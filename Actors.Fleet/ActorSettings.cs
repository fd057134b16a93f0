using Agents.Networks;
using Agents.Policies.Acting;
using Agents.Yaml;
using Environments.Wrappers;
using YamlDotNet.RepresentationModel;

namespace Actors.Fleet;

/// <summary>The part of a run's settings that acting needs, from the learner's YAML.</summary>
/// <param name="Environment">Environment id.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Wrappers">Layers of the environment.</param>
/// <param name="Network">Network that acts.</param>
/// <param name="UnrollLength">T.</param>
/// <param name="DiscountFactor">γ.</param>
/// <param name="Overlap">Whether the copies may be two halves.</param>
/// <param name="Acting">How actions are chosen.</param>
internal sealed record ActorSettings(
    string Environment,
    ulong Seed,
    WrapperSettings Wrappers,
    NetworkSettings Network,
    int UnrollLength,
    float DiscountFactor,
    OverlapMode Overlap,
    IActingPolicy Acting
)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="SettingsException">They are not what this version understands.</exception>
    /// <exception cref="Environments.UnknownNameException">There is no acting policy of that name.</exception>
    public static ActorSettings Parse(string yaml)
    {
        YamlMappingNode root = StrictYaml.Parse(yaml, "the learner's settings");
        string agent = Text(root, "agent");
        var section = root.Children.TryGetValue(agent, out YamlNode? node) ? node as YamlMappingNode : null;
        AgentPart part = section is null
            ? throw new SettingsException($"The learner's settings have no section '{agent}'.")
            : Bind<AgentPart>(Only(section, "unroll_length", "discount_factor"));
        YamlMappingNode common = Only(root, "environment", "seed", "overlap", "wrappers", "network", ActingPolicies.Key);
        CommonPart settings = Bind<CommonPart>(common);
        if (settings.Wrappers.Options is not null)
        {
            // Nobody else says which of this machine's folders are read.
            throw new SettingsException(
                "The learner's settings name wrappers.options, which are policies in a folder of its own."
            );
        }
        return new ActorSettings(
            settings.Environment,
            settings.Seed,
            settings.Wrappers,
            settings.Network,
            part.UnrollLength,
            part.DiscountFactor,
            settings.Overlap,
            ActingPolicies.Find(settings.Acting)
        );
    }

    private static T Bind<T>(YamlMappingNode node)
        where T : class => StrictYaml.Bind<T>(node, "the learner's settings");

    private static YamlMappingNode Only(YamlMappingNode node, params ReadOnlySpan<string> keys)
    {
        var part = new YamlMappingNode();
        foreach (string key in keys)
        {
            if (node.Children.TryGetValue(key, out YamlNode? value))
            {
                part.Add(key, value);
            }
        }
        return part;
    }

    private static string Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out YamlNode? value) && value is YamlScalarNode { Value: { } text }
            ? text
            : throw new SettingsException($"The learner's settings have no '{key}'.");

    private sealed record AgentPart
    {
        public int UnrollLength { get; init; }
        public float DiscountFactor { get; init; }
    }

    private sealed record CommonPart
    {
        public string Environment { get; init; } = "";
        public ulong Seed { get; init; }
        public OverlapMode Overlap { get; init; }
        public WrapperSettings Wrappers { get; init; } = new();
        public NetworkSettings Network { get; init; } = new();

        // Learners of earlier releases do not say, and theirs sample.
        public string Acting { get; init; } = ActingPolicies.Sample.Name;
    }
}
