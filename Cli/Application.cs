using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using Actors.Fleet;
using Agents.Policies;
using Agents.Yaml;
using Cli.Commands.Fleets;
using Cli.Commands.Runs;
using Cli.Commands.Tools;
using Cli.Options;
using Cli.Processes;
using Environments;
using Learners.Checkpoints;
using Learners.Composition;
using Protos.Foreign;

namespace Cli;

/// <summary>The <c>agents</c> command: options, parts, run. Expected failures become one line on standard error and an exit code.</summary>
internal static class Application
{
    internal const string TraceVariable = "AGENTS_TRACE";
    private const int TracebackLines = 30;

    // In the order in which the help shows them.
    private static readonly CommandEntry[] Commands =
    [
        new("train", TrainCommand.Create),
        new("learn", LearnCommand.Create),
        new("learner", LearnerCommand.Create),
        new("actor", ActorCommand.Create),
        new("status", (output, _) => StatusCommand.Create(output)),
        new("health", HealthCommand.Create),
        new("worker", (_, error) => WorkerCommand.Create(error)),
        new("certificates", CertificatesCommand.Create),
        new("evaluate", EvaluateCommand.Create),
        new("distill", DistillCommand.Create),
        new("discover", DiscoverCommand.Create),
        new("sweep", SweepCommand.CreateSweep),
        new("population", SweepCommand.CreatePopulation),
        new(StudyRunOptions.LegCommandName, LegCommand.Create),
        new("reproduce", ReproduceCommand.Create),
        new("plot", (output, _) => PlotCommand.Create(output)),
        new("compare", CompareRunsCommand.Create),
        new("record", (output, _) => RecordCommand.Create(output)),
        new("play", (output, _) => PlayCommand.Create(output)),
        new("serve", (_, error) => ServeCommand.Create(error)),
        new("serve-env", (_, error) => ServeEnvironmentCommand.Create(error)),
        new("environments", (output, _) => EnvironmentsCommand.Create(output)),
        new("check", (output, _) => CheckCommand.Create(output)),
        new("list", (output, _) => ListCommand.Create(output)),
        new("inspect", (output, _) => InspectCommand.Create(output)),
        new(
            "chaos",
            (output, error) =>
                ChaosCommand.Create(
                    output,
                    error,
                    (arguments, errors, ending) => RunAsync(arguments, TextWriter.Null, errors, ending)
                )
        ),
        new("bench", BenchCommand.Create),
    ];

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
        try
        {
            RootCommand root = Build(output, error, arguments);
            ParseResult parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
            if (Mistake(parsed) is { } mistake)
            {
                await error.WriteLineAsync("error: " + ForeignText.Line(mistake)).ConfigureAwait(false);
                return ExitCodes.WrongUsage;
            }
            RegistryOptions.Load(parsed);
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
        catch (Exception exception)
        {
            Exception cause = Unwrap(exception);
            int? code = ExitCodeOf(cause);
            string line = code is null ? Unexpected(cause) : cause.Message;
            await error.WriteLineAsync("error: " + ForeignText.Line(line)).ConfigureAwait(false);
            if (cause is EnvironmentFaultException { RemoteTraceback: { Length: > 0 } traceback })
            {
                foreach (string step in ForeignText.Lines(traceback, TracebackLines))
                {
                    await error.WriteLineAsync(step).ConfigureAwait(false);
                }
            }
            if (Environment.GetEnvironmentVariable(TraceVariable) == "1")
            {
                await error.WriteLineAsync(exception.ToString()).ConfigureAwait(false);
            }
            return code ?? ExitCodes.Failed;
        }
    }

    private static Exception Unwrap(Exception exception) =>
        exception is TypeInitializationException or TargetInvocationException or AggregateException
        && exception.InnerException is { } inner
            ? Unwrap(inner)
            : exception;

    // A fault of this program, or of an environment's code: nobody should have to read a stack, but whoever mends it wants to know where.
    private static string Unexpected(Exception exception)
    {
        MethodBase? method = new StackTrace(exception)
            .GetFrames()
            .Select(frame => frame.GetMethod())
            .FirstOrDefault(method => method?.DeclaringType?.Namespace?.StartsWith("System", StringComparison.Ordinal) == false);
        string where = method is null ? "" : $" in {method.DeclaringType!.FullName}.{method.Name}";
        return $"unexpected {exception.GetType().Name}{where}: {exception.Message} This is a fault of this program or of an environment's own code; {TraceVariable}=1 shows where it happened.";
    }

    /// <summary>What is wrong with a command line; null where it can be run. Nothing is run.</summary>
    public static string? Mistake(string[] arguments) =>
        Mistake(Build(TextWriter.Null, TextWriter.Null, arguments).Parse(arguments));

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
            : $"There is no {(mistyped.StartsWith('-') ? "option" : "command")} '{mistyped}'.{Suggest(mistyped, command)}";
        return $"{message} See '{name} --help'.";
    }

    /// <summary>The command line; of all commands only the one that is named, where one is, since each start would make all of them.</summary>
    internal static RootCommand Build(TextWriter output, TextWriter error, string[] arguments)
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
        string? only = arguments is [var word, ..] && Array.Exists(Commands, entry => entry.Name == word) ? word : null;
        foreach (CommandEntry entry in Commands)
        {
            if (only is null || entry.Name == only)
            {
                root.Add(entry.Create(output, error));
            }
        }
        return root;
    }

    private static int? ExitCodeOf(Exception exception) =>
        exception switch
        {
            SettingsException or UnknownNameException or InvalidOptionException or EnvironmentNotAllowedException =>
                ExitCodes.WrongUsage,
            PolicyFormatException
            or CheckpointException
            or EnvironmentFaultException
            or TrainingDivergedException
            or ActorRejectedException
            or IOException
            or InvalidDataException
            or UnauthorizedAccessException
            or NotSupportedException
            or ArgumentException
            or Win32Exception
            or CryptographicException
            or OutOfMemoryException
            or DllNotFoundException => ExitCodes.Failed,
            _ => null,
        };

    private static string Suggest(string token, Command command)
    {
        IEnumerable<string> known = token.StartsWith('-')
            ? command.Options.Select(option => option.Name)
            : command.Subcommands.Select(subcommand => subcommand.Name);
        return NearestName.Suggest(token, known);
    }

    /// <summary>A command that is made where it is asked for.</summary>
    /// <param name="Name">What it is called by.</param>
    /// <param name="Create">Makes it, for results and for messages.</param>
    private sealed record CommandEntry(string Name, Func<TextWriter, TextWriter, Command> Create);
}
