using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using Actors.Fleet;
using Agents.Policies;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
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
            if (CommandLineMistake.In(parsed) is { } mistake)
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
        CommandLineMistake.In(Build(TextWriter.Null, TextWriter.Null, arguments).Parse(arguments));

    /// <summary>The command line; of all commands only the one that is named, where one is, since each start would make all of them.</summary>
    internal static RootCommand Build(TextWriter output, TextWriter error, string[] arguments)
    {
        var root = new RootCommand("Train reinforcement-learning agents in .NET, evaluate them, ship their policies.")
        {
            HelpName = "agents",
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new CommandOverview((SynchronousCommandLineAction)help.Action!);
        string? only = arguments is [var word, ..] && CommandTable.Find(word) is not null ? word : null;
        foreach (CommandEntry entry in CommandTable.All)
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
}
