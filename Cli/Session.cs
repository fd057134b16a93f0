using Chaos.Fleets;
using Cli.Output;
using Cli.Processes;
using Environments;

namespace Cli;

/// <summary>One run of the program: signals, and the command line.</summary>
internal static class Session
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["actor" or "learner", ..])
        {
            HangingCartPole.Register(EnvironmentRegistry.Default); // asked for by 'agents chaos hang' alone, and in no list
        }
        Console.SetError(new DiagnosticWriter(Console.Error)); // also for what others write there
        using var interruption = new Interruption(Console.Error);
        return await Application.RunAsync(arguments, Console.Out, Console.Error, interruption.Token).ConfigureAwait(false);
    }
}
