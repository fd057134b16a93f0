using System.CommandLine;
using Learners.Configuration;

namespace Cli.Options;

/// <summary>The option that names the agent.</summary>
internal sealed class AgentOption : Option<string?>
{
    /// <summary>The option of a command.</summary>
    /// <param name="usual">The agent where nobody names one.</param>
    public AgentOption(string usual)
        : base("--agent")
    {
        Usual = usual;
        Description = $"Agent: {string.Join(", ", AgentRegistry.Default.Names)}, or one of --assembly. Default: {usual}.";
    }

    /// <summary>The agent where nobody names one.</summary>
    public string Usual { get; }

    /// <summary>The agent of a command line that may be wrong, for messages about it.</summary>
    public static string NamedIn(ParseResult parsed)
    {
        AgentOption? option = parsed.CommandResult.Command.Options.OfType<AgentOption>().FirstOrDefault();
        return option is null ? AgentRegistry.UsualName : parsed.GetValue(option) ?? option.Usual;
    }
}
