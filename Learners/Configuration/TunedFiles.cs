using Agents.Yaml;
using Environments;
using Environments.Naming;
using YamlDotNet.RepresentationModel;

namespace Learners.Configuration;

/// <summary>
/// Tuned settings that travel with this library: <c>Experiments/AGENT/ENVIRONMENT.yaml</c>, and over them, where somebody chooses a core,
/// <c>Experiments/AGENT/ENVIRONMENT+CORE.yaml</c>.
/// </summary>
internal static class TunedFiles
{
    private const string Root = "Experiments/";
    private const string Claims = Root + "claims/";
    private const string Extension = ".yaml";
    private const char OfCore = '+';

    /// <summary>What was tuned, as agent and environment.</summary>
    public static IEnumerable<(string Agent, string Environment)> All =>
        Names.Where(name => name.Core is null).Select(name => (name.Agent, name.Environment));

    /// <summary>What was tuned for a core that has to be chosen, as agent, environment and core.</summary>
    public static IEnumerable<(string Agent, string Environment, string Core)> OfCores =>
        Names.Where(name => name.Core is not null).Select(name => (name.Agent, name.Environment, name.Core!));

    private static IEnumerable<(string Agent, string Environment, string? Core)> Names =>
        from resource in typeof(TunedFiles).Assembly.GetManifestResourceNames()
        where
            resource.StartsWith(Root, StringComparison.Ordinal)
            && !resource.StartsWith(Claims, StringComparison.Ordinal)
            && resource.EndsWith(Extension, StringComparison.Ordinal)
        let name = resource[Root.Length..^Extension.Length]
        let slash = name.IndexOf('/', StringComparison.Ordinal)
        let parts = name[(slash + 1)..].Split(OfCore)
        select (name[..slash], EnvironmentId.FromFileName(parts[0]), parts.Length > 1 ? parts[1] : null);

    /// <summary>The tuned settings of a task; empty where there are none.</summary>
    /// <param name="environment">Environment id.</param>
    /// <param name="agent">Agent name.</param>
    /// <param name="core">The core that was chosen; null for the tuned one.</param>
    /// <param name="agents">Agents that there are.</param>
    public static YamlMappingNode Read(string environment, string agent, string? core, AgentRegistry agents)
    {
        string id = TaskOf(environment);
        YamlMappingNode tuned = ReadFirst(id, agent, "", agents);
        if (core is not null)
        {
            StrictYaml.Merge(tuned, ReadFirst(id, agent, OfCore + core, agents));
        }
        return tuned;
    }

    /// <summary>What the tuned settings of a task were tuned for; null where there are none.</summary>
    /// <param name="environment">Environment id.</param>
    /// <param name="agent">Agent name.</param>
    /// <param name="core">Memory core of the run.</param>
    public static string? NameFor(string environment, string agent, string core)
    {
        string id = TaskOf(environment);
        string[] tuned = [EnvironmentId.ToFileName(id), EnvironmentId.NameOf(id)];
        foreach ((string of, string ending) in ((string, string)[])[($" with core {core}", OfCore + core), ("", "")])
        {
            if (Array.Find(tuned, name => Exists(FileOf(agent, name, ending))) is { } found)
            {
                return EnvironmentId.FromFileName(found) + of;
            }
        }
        return null;
    }

    private static string TaskOf(string environment)
    {
        if (RemoteId.IsRemote(environment))
        {
            environment = RemoteId.NameBehind(environment); // the same task, wherever it runs
        }
        // A scheme within a scheme is no name: looking it up would import and connect.
        bool isName = !RemoteId.IsRemote(environment);
        return isName && EnvironmentRegistry.Default.TryFind(environment, out EnvironmentSpec? spec) ? spec.Id : environment;
    }

    // Settings tuned for an id with its options, 'X-v0,delay=5.yaml', else those of the environment, 'X-v0.yaml'.
    private static YamlMappingNode ReadFirst(string id, string agent, string ending, AgentRegistry agents)
    {
        foreach (string name in (string[])[EnvironmentId.ToFileName(id), EnvironmentId.NameOf(id)])
        {
            string file = FileOf(agent, name, ending);
            using Stream? stream = typeof(TunedFiles).Assembly.GetManifestResourceStream(file);
            if (stream is not null)
            {
                using var reader = new StreamReader(stream);
                YamlMappingNode tuned = StrictYaml.Parse(reader.ReadToEnd(), file);
                SettingsSources.RequireSectionsOf([agent], tuned, file, agents);
                return tuned;
            }
        }
        return [];
    }

    private static bool Exists(string file) => typeof(TunedFiles).Assembly.GetManifestResourceInfo(file) is not null;

    private static string FileOf(string agent, string name, string ending) => $"{Root}{agent}/{name}{ending}{Extension}";
}
