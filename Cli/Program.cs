using System.Runtime.CompilerServices;
using Cli.Processes;

namespace Cli;

/// <summary>The entry: whatever the system lacks or goes wrong outside of a command is one line and an exit code, too.</summary>
internal static class Program
{
    // Where files cannot be opened, no assembly can be loaded, so this method needs none but the runtime's own.
    private static int Main(string[] arguments)
    {
        if (Descriptors.Lack is { } lack)
        {
            Descriptors.Say("error: " + lack);
            return ExitCodes.Failed;
        }
        AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
        {
            Tell(failure.ExceptionObject);
            Environment.Exit(ExitCodes.Failed);
        };
        try
        {
            return Run(arguments);
        }
        catch (Exception exception)
        {
            Tell(exception);
            return ExitCodes.Failed;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Run(string[] arguments)
    {
        if (!Descriptors.IsWritable(Descriptors.Output))
        {
            Console.SetOut(TextWriter.Null);
        }
        if (!Descriptors.IsWritable(Descriptors.Error))
        {
            Console.SetError(TextWriter.Null);
        }
        return Session.RunAsync(arguments).GetAwaiter().GetResult();
    }

    private static void Tell(object failure)
    {
        bool trace = Environment.GetEnvironmentVariable(Application.TraceVariable) == "1";
        string what =
            failure is Exception exception && !trace ? $"{exception.GetType().Name}: {exception.Message}" : $"{failure}";
        Descriptors.Say($"error: unexpected {(trace ? what : what.ReplaceLineEndings(" "))}");
    }
}
