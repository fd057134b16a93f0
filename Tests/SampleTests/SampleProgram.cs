using System.Diagnostics;
using Environments.Processes;
using Xunit;

namespace Tests.SampleTests;

/// <summary>Runs a program of this build in a process of its own.</summary>
internal static class SampleProgram
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Its working directory.</param>
    /// <param name="assembly">Name of its file.</param>
    /// <param name="words">Its arguments.</param>
    public static (int Code, string Output, string Errors) Run(string folder, string assembly, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. words])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        (string Output, string Errors)? said = ChildProcess.Finish(process, TimeSpan.FromMinutes(10));
        Assert.NotNull(said);
        return (process.ExitCode, said.Value.Output, said.Value.Errors);
    }
}
