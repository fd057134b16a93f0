using Agents.Networks.Cores;
using Agents.Policies.Acting;
using Agents.Yaml;
using Environments;
using Learners.Composition;
using Protos.Foreign;
using YamlDotNet.RepresentationModel;

namespace Learners.Configuration;

/// <summary>
/// Puts settings together: the records' defaults, tuned settings of the environment, what an initial policy was trained with, a file, single
/// values; later ones win.
/// </summary>
internal static class SettingsSources
{
    private const string AgentKey = "agent";

    // Stands in every actor-critic's settings since those of other optimisers do not.
    private const string WrappersKey = "optimizer_wrappers";

    /// <summary>Resolves the settings of a run.</summary>
    /// <param name="environment">Environment id; null to take it from the file.</param>
    /// <param name="agent">Agent name; null to take it from the file or the default.</param>
    /// <param name="file">A YAML file of the user; null for none.</param>
    /// <param name="assignments">Single values, <c>key=value</c>.</param>
    /// <param name="agents">Agents that there are; null for those of the framework.</param>
    /// <param name="isFleet">Whether unrolls will come from actors, so that keys which only a fleet reads do something.</param>
    /// <exception cref="SettingsException">A key or value is not possible, or would do nothing.</exception>
    public static TrainingSettings Load(
        string? environment,
        string? agent,
        string? file,
        IReadOnlyList<string> assignments,
        AgentRegistry? agents = null,
        bool isFleet = true
    )
    {
        YamlMappingNode given = file is null ? [] : ReadFile(file);
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(given, assignment);
        }
        TrainingSettings settings = Load(environment, agent, given, file, agents ?? AgentRegistry.Default);
        IdleKeys.Refuse(settings, isFleet, file is null ? null : ReadFile(file), assignments); // read again: single values were put into it
        return settings;
    }

    /// <summary>Resolves the settings of a run from those given, which are left as they are.</summary>
    /// <param name="environment">Environment id; null to take it from those given.</param>
    /// <param name="agent">Agent name; null to take it from those given or the default.</param>
    /// <param name="given">Laid over the tuned ones.</param>
    /// <param name="source">Where they come from, for messages; null for the command line.</param>
    /// <param name="agents">Agents that there are.</param>
    /// <param name="hasPolicy">Whether an initial policy lies where they say; else the run takes its network and layers when it begins.</param>
    /// <exception cref="SettingsException">A key or value is not possible.</exception>
    public static TrainingSettings Load(
        string? environment,
        string? agent,
        YamlMappingNode given,
        string? source,
        AgentRegistry agents,
        bool hasPolicy = true
    )
    {
        environment ??=
            Text(given, "environment")
            ?? throw new SettingsException(
                $"{source ?? "The settings"} names no environment. Add 'environment: CartPole-v1', or name one."
            );
        agent ??= Text(given, AgentKey) ?? AgentRegistry.UsualName;
        AgentSettings defaults = Find(agent, agents, null);
        agent = defaults.Agent.Name; // as its section is called, in whatever case it was typed
        RequireSectionsOf([agent], given, source ?? "settings", agents);
        string? core = Section(given, "network") is { } network ? Text(network, "core") : null;
        core = core is null ? null : MemoryCores.Find(core)?.Name ?? core;
        YamlMappingNode root = TunedFiles.Read(environment, agent, core, agents);
        if (Section(root, agent) is { } tuned)
        {
            StrictYaml.RemoveUnchosen(defaults, tuned, Section(given, agent));
        }
        if (hasPolicy && Section(given, "initial_policy") is { } initial && Text(initial, "path") is { Length: > 0 } policy)
        {
            LayPolicy(root, policy, Section(given, "network"), defaults);
        }
        StrictYaml.Merge(root, given);
        root.Children["environment"] = environment;
        root.Children[AgentKey] = agent;
        return StrictYaml.Bind(new TrainingSettings { Agent = defaults }, root, source ?? "settings");
    }

    // What the policy of a warm start was trained with lies over what was tuned, and under what somebody gave.
    private static void LayPolicy(YamlMappingNode root, string policy, YamlMappingNode? given, AgentSettings defaults)
    {
        var tuned = new YamlMappingNode();
        foreach (string key in (string[])["network", "wrappers"])
        {
            tuned.Add(key, Section(root, key) ?? []);
        }
        TrainingSettings started = StrictYaml
            .Bind(new TrainingSettings { Agent = defaults }, tuned, "tuned settings")
            .StartingFrom(policy);
        YamlMappingNode network = StrictYaml.ToNode(started.Network);
        if (given is not null && Text(given, "core") is { } core && core != started.Network.Core)
        {
            network.Children.Remove(started.Network.Core); // its own settings go with no other one
        }
        root.Children["network"] = network;
        root.Children["wrappers"] = StrictYaml.ToNode(started.Wrappers);
    }

    /// <summary>Reads the resolved settings of a run folder.</summary>
    /// <exception cref="SettingsException">A key or value is not possible.</exception>
    public static TrainingSettings Read(string path, IReadOnlyList<string> assignments, AgentRegistry agents)
    {
        YamlMappingNode root = StrictYaml.ReadFileIn(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(root, assignment);
        }
        return Bind(root, path, agents);
    }

    /// <summary>Binds a document with every setting: what it leaves out has the default, not the tuned value.</summary>
    /// <exception cref="SettingsException">A key or value is not possible.</exception>
    public static TrainingSettings Bind(YamlMappingNode root, string source, AgentRegistry agents)
    {
        if (Text(root, "task") is { } task)
        {
            throw new SettingsException(
                $"{source} is of a supervised run of {ForeignText.Show(task)}, which has no agent and no environment. Use it with 'agents learn'."
            );
        }
        string agent = Text(root, AgentKey) ?? AgentRegistry.UsualName;
        AgentSettings defaults = Find(agent, agents, source);
        RequireSectionsOf([agent], root, source, agents);
        if (Section(root, agent) is { } section && !section.Children.ContainsKey(WrappersKey))
        {
            StrictYaml.RemoveUnchosen(defaults, section); // earlier releases wrote the settings of every optimiser
        }
        return StrictYaml.Bind(new TrainingSettings { Agent = defaults }, root, source);
    }

    /// <summary>Says which key belongs to an agent that is not trained, since nothing would read it.</summary>
    /// <exception cref="SettingsException">There is one.</exception>
    public static void RequireSectionsOf(
        IReadOnlyCollection<string> trained,
        YamlMappingNode given,
        string source,
        AgentRegistry agents
    )
    {
        if (ForeignKey(trained, given, agents) is { } key)
        {
            throw new SettingsException($"{source}: {key}");
        }
    }

    /// <summary>A key among those given that belongs to an agent which is not trained, in a sentence; null where there is none.</summary>
    /// <param name="trained">The agents that are trained.</param>
    /// <param name="given">Settings by section.</param>
    /// <param name="agents">Agents that there are.</param>
    public static string? ForeignKey(IReadOnlyCollection<string> trained, YamlMappingNode given, AgentRegistry agents)
    {
        foreach (string agent in agents.Names.Except(trained))
        {
            if (given.Children.TryGetValue(agent, out YamlNode? section))
            {
                string key = section is YamlMappingNode { Children: [var (name, _), ..] } ? $"{agent}.{name}" : agent;
                return $"{key} belongs to the agent {agent}, but {string.Join(" and ", trained)} {(trained.Count == 1 ? "is" : "are")} trained, so nothing would read it. Leave it out, or train {agent}.";
            }
        }
        return null;
    }

    /// <summary>Takes out the sections of agents other than the one given.</summary>
    public static void RemoveForeignSections(string agent, YamlMappingNode settings, AgentRegistry agents)
    {
        foreach (string other in agents.Names.Where(name => name != agent))
        {
            settings.Children.Remove(other);
        }
    }

    /// <summary>The text of <c>config.yaml</c>: every resolved setting, of agents the one that is trained.</summary>
    public static string Write(TrainingSettings settings) => StrictYaml.Write(ToNode(settings));

    /// <summary>What a learner tells its actors: every resolved setting, and how the agent acts.</summary>
    public static string WriteForActors(TrainingSettings settings)
    {
        YamlMappingNode root = ToNode(settings with { InitialPolicy = null }); // parameters come to them as they are
        root.Add(ActingPolicies.Key, settings.Agent.Agent.Acting);
        return StrictYaml.Write(root);
    }

    /// <summary>Settings with some of them changed.</summary>
    /// <param name="settings">Those until now.</param>
    /// <param name="assignments">Single values, <c>key=value</c>.</param>
    /// <exception cref="SettingsException">A key or value is not possible.</exception>
    public static TrainingSettings Lay(TrainingSettings settings, IReadOnlyList<string> assignments)
    {
        YamlMappingNode root = ToNode(settings);
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(root, assignment);
        }
        if (Section(root, settings.AgentName) is { } section)
        {
            StrictYaml.RemoveUnchosen(settings.Agent, section); // of a part whose place another one takes
        }
        var agents = new AgentRegistry();
        agents.Register(settings.Agent.Agent);
        return Bind(root, "settings", agents);
    }

    private static YamlMappingNode ToNode(TrainingSettings settings)
    {
        YamlMappingNode root = StrictYaml.ToNode(settings);
        root.Children.Insert(1, AgentKey, settings.AgentName); // behind the environment; its section stands where the property does
        return root;
    }

    private static AgentSettings Find(string name, AgentRegistry agents, string? source)
    {
        try
        {
            return (AgentSettings)((ISection)agents.Find(name).Defaults).Copy(); // the document is laid over them
        }
        catch (UnknownNameException exception)
        {
            throw new SettingsException(source is null ? exception.Message : $"{source}: {exception.Message}", exception);
        }
    }

    private static YamlMappingNode ReadFile(string path) => StrictYaml.ReadFile(path, StrictYaml.SettingsFile);

    private static YamlMappingNode? Section(YamlMappingNode root, string key) =>
        root.Children.TryGetValue(key, out YamlNode? node) ? node as YamlMappingNode : null;

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out YamlNode? value) ? (value as YamlScalarNode)?.Value : null;
}
