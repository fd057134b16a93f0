using System.CommandLine;
using System.CommandLine.Parsing;
using Cli.Options;
using Environments;

namespace Cli;

/// <summary>Says what is wrong with a command line, all of it at once.</summary>
internal static class CommandLineMistake
{
    /// <summary>What is wrong, with what was probably meant; null where the command line can be run.</summary>
    public static string? In(ParseResult parsed)
    {
        // What looks like an option but is none may have been taken for an argument.
        string[] options =
        [
            .. parsed
                .Tokens.Where(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
                .Select(token => token.Value)
                .Concat(parsed.UnmatchedTokens.Where(IsOption))
                .Distinct(),
        ];
        if (options.Length == 0 && parsed.Errors.Count == 0)
        {
            return null;
        }
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "agents" : $"agents {command.Name}";
        string message =
            options.Length > 0
                ? string.Join(" ", options.Select(option => NoOption(option, command, AgentOption.NamedIn(parsed))))
            : parsed.UnmatchedTokens is [var word, ..] ? LeftOver(word, command, name)
            : parsed.Errors[0].Message;
        return $"{message} See '{name} --help'.";
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]);

    private static string NoOption(string token, Command command, string agent)
    {
        string option = token.Split('=')[0];
        string meant =
            FamiliarOptions.Suggest(option, command, agent)
            ?? NearestName.Suggest(option, command.Options.Select(known => known.Name));
        return $"There is no option '{option}'.{meant}";
    }

    private static string LeftOver(string word, Command command, string name) =>
        command.Subcommands.Count > 0
            ? $"There is no command '{word}'.{NearestName.Suggest(word, command.Subcommands.Select(known => known.Name))}"
        : command.Arguments.Count == 0 ? $"'{name}' takes options only, and '{word}' is none."
        : $"'{name}' takes {string.Join(" and ", command.Arguments.Select(argument => $"<{argument.Name}>"))}, and '{word}' is left over. Put values of options right after them.";
}
