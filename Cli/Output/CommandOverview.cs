using System.CommandLine;
using System.CommandLine.Invocation;

namespace Cli.Output;

/// <summary>The help of the program itself, which fits a screen: a line for each command. That of a command is the library's.</summary>
/// <param name="usual">Writes the help of a command.</param>
internal sealed class CommandOverview(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    private static readonly int Widest = CommandTable.All.Max(entry => entry.Name.Length);

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true; // whoever asks for help has not typed the rest yet

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is not RootCommand root)
        {
            return usual.Invoke(parseResult);
        }
        Write(parseResult.InvocationConfiguration.Output, root);
        return 0;
    }

    private static void Write(TextWriter output, RootCommand root)
    {
        output.WriteLine(root.Description);
        foreach (
            IGrouping<string, CommandEntry> group in CommandTable
                .All.Where(entry => entry.Group.Length > 0)
                .GroupBy(entry => entry.Group)
        )
        {
            output.WriteLine($"{group.Key}:");
            foreach (CommandEntry entry in group)
            {
                output.WriteLine($"  {entry.Name.PadRight(Widest)}  {entry.Summary}");
            }
        }
        output.WriteLine("Begin with 'agents train CartPole-v1'. 'agents COMMAND --help' shows options and examples.");
    }
}
