using System.CommandLine;
using Agents.Yaml;
using YamlDotNet.RepresentationModel;

namespace Cli.Options;

/// <summary><c>--curriculum FILE</c>, which stands for the agent's settings of a curriculum.</summary>
internal sealed class CurriculumOption
{
    private readonly Option<string?> _file = new("--curriculum")
    {
        Description = "YAML file of a curriculum over agents: earlier policies, and how they hand over to the agent's own.",
    };

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command) => command.Add(_file);

    /// <summary>The file; null where none is named.</summary>
    public string? File(ParseResult parsed) => parsed.GetValue(_file);

    /// <summary>The file as a single value, or nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="agent">Name of the agent.</param>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public IEnumerable<string> Assignments(ParseResult parsed, string agent) =>
        File(parsed) is { } file
            ? [$"{agent}.auxiliary.curriculum={FlowText.Of(StrictYaml.ReadFile(file, "curriculum (--curriculum)"))}"]
            : [];

    /// <summary>The agent that a file of settings names; null for none.</summary>
    public static string? AgentIn(string? file) =>
        file is not null && StrictYaml.ReadFile(file, StrictYaml.SettingsFile).Children.TryGetValue("agent", out YamlNode? agent)
            ? agent.ToString()
            : null;
}
