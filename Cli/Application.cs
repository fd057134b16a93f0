using System.CommandLine;
using System.CommandLine.Parsing;
using Actors.Fleet;
using Agents.Policies;
using Agents.Yaml;
using Cli.Commands;
using Environments;
using Learners.ActorCritic;
using Learners.Checkpoints;

namespace Cli;

/// <summary>The <c>agents</c> command: options, parts, run. Expected failures become one line on standard error and an exit code.</summary>
internal static class Application
{
    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress, warnings and errors.</param>
    /// <param name="cancellationToken">Asks the command to save and stop.</param>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted.</returns>
    public static async Task<int> RunAsync(
        string[] arguments,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        RootCommand root = Build(output, error);
        ParseResult parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (Mistake(parsed) is { } mistake)
        {
            await error.WriteLineAsync("error: " + mistake).ConfigureAwait(false);
            return ExitCodes.WrongUsage;
        }
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Interruption handles signals
            };
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (ExitCodeOf(exception) is { } code)
        {
            await error.WriteLineAsync($"error: {exception.Message}").ConfigureAwait(false);
            if (exception is EnvironmentFaultException { RemoteTraceback: { Length: > 0 } traceback })
            {
                await error.WriteLineAsync(traceback.TrimEnd()).ConfigureAwait(false);
            }
            return code;
        }
    }

    /// <summary>What is wrong with a command line; null where it can be run. Nothing is run.</summary>
    public static string? Mistake(string[] arguments) => Mistake(Build(TextWriter.Null, TextWriter.Null).Parse(arguments));

    private static string? Mistake(ParseResult parsed)
    {
        // What looks like an option but is none may have been taken for an argument.
        string? mistyped = parsed
            .Tokens.FirstOrDefault(token =>
                token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal)
            )
            ?.Value;
        if (mistyped is null && parsed.Errors.Count == 0)
        {
            return null;
        }
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "agents" : $"agents {command.Name}";
        mistyped ??= parsed.UnmatchedTokens is [var first, ..] ? first : null;
        string message = mistyped is null
            ? parsed.Errors[0].Message
            : $"'{mistyped}' is not known here.{Suggest(mistyped, command)}";
        return $"{message} See '{name} --help'.";
    }

    private static RootCommand Build(TextWriter output, TextWriter error)
    {
        var root = new RootCommand(
            """
            Reinforcement learning for .NET: train agents, evaluate and ship their policies.

            Examples:
              agents train CartPole-v1
              agents evaluate runs/CartPole-v1/ppo/20260101-120000-1
              agents environments
            """
        )
        {
            HelpName = "agents",
        };
        root.Add(TrainCommand.Create(output, error));
        root.Add(LearnerCommand.Create(output, error));
        root.Add(ActorCommand.Create(output, error));
        root.Add(StatusCommand.Create(output));
        root.Add(HealthCommand.Create(output, error));
        root.Add(CertificatesCommand.Create(output, error));
        root.Add(EvaluateCommand.Create(output, error));
        root.Add(ReproduceCommand.Create(output, error));
        root.Add(PlotCommand.Create(output));
        root.Add(RecordCommand.Create(output));
        root.Add(PlayCommand.Create(output));
        root.Add(ServeCommand.Create(error));
        root.Add(ServeEnvironmentCommand.Create(error));
        root.Add(EnvironmentsCommand.Create(output));
        root.Add(CheckCommand.Create(output));
        root.Add(ListCommand.Create(output));
        root.Add(InspectCommand.Create(output));
        root.Add(ChaosCommand.Create(output, error));
        root.Add(BenchCommand.Create(output, error));
        return root;
    }

    private static int? ExitCodeOf(Exception exception) =>
        exception switch
        {
            SettingsException or UnknownNameException or InvalidOptionException => ExitCodes.WrongUsage,
            PolicyFormatException
            or CheckpointException
            or EnvironmentFaultException
            or TrainingDivergedException
            or ActorRejectedException
            or IOException
            or InvalidDataException
            or UnauthorizedAccessException
            or NotSupportedException
            or ArgumentException => ExitCodes.Failed,
            _ => null,
        };

    private static string Suggest(string token, Command command)
    {
        IEnumerable<string> known = token.StartsWith('-')
            ? command.Options.Select(option => option.Name)
            : command.Subcommands.Select(subcommand => subcommand.Name);
        return NearestName.Suggest(token, known);
    }
}
