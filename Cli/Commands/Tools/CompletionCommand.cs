using System.CommandLine;

namespace Cli.Commands.Tools;

/// <summary><c>agents completion</c>.</summary>
internal static class CompletionCommand
{
    // Suggestions are asked for before the word that is being typed, by which the shells choose among them.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _agents_complete() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(agents "[suggest:$((COMP_POINT - ${#COMP_WORDS[COMP_CWORD]}))]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _agents_complete agents
            """,
        ["zsh"] = """
            _agents_complete() {
                local -a words
                words=("${(f)$(agents "[suggest:$((CURSOR - ${#PREFIX}))]" "$BUFFER" 2>/dev/null)}")
                compadd -- $words
                _files
            }
            compdef _agents_complete agents
            """,
        ["fish"] = """
            complete -c agents -a '(agents "[suggest:"(math (commandline -C) - (string length -- (commandline -ct)))"]" (commandline) 2>/dev/null)'
            """,
    };

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output)
    {
        var shell = new Argument<string>("shell") { Description = "The shell: bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command(
            "completion",
            """
            Prints what makes a shell complete commands, options and environments of 'agents', which has to be on the PATH.

            Examples:
              source <(agents completion bash)
              agents completion fish > ~/.config/fish/completions/agents.fish
            """
        )
        {
            shell,
        };
        command.SetAction(parsed => output.WriteLine(Scripts[parsed.GetValue(shell)!]));
        return command;
    }
}
