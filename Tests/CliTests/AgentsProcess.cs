using System.Diagnostics;
using System.Text.Json;
using Environments.Processes;
using Tests.Waits;

namespace Tests.CliTests;

/// <summary>Runs <c>agents</c> in a process of its own, with environment variables of its own.</summary>
internal static class AgentsProcess
{
    /// <summary>Exit code, standard output and standard error.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(
        Dictionary<string, string> variables,
        CancellationToken cancellationToken,
        params string[] arguments
    ) => RunInAsync("", variables, cancellationToken, arguments);

    /// <summary>The same in a working directory.</summary>
    public static async Task<(int Code, string Output, string Error)> RunInAsync(
        string folder,
        Dictionary<string, string> variables,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).InTime();
            return (process.ExitCode, ChildProcess.Said(output), ChildProcess.Said(error));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>The last line of standard output, which <c>--json</c> makes an object.</summary>
    public static JsonElement LastLine(string output) => JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
}
