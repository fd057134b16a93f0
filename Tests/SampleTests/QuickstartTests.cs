using System.Diagnostics;
using Environments.Processes;
using Xunit;

namespace Tests.SampleTests;

public sealed class QuickstartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Readme_ShowsTheProgramOfTheSample()
    {
        string program = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Snippets", "Program.cs"));
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Snippets", "README.md"));

        Assert.Contains($"```csharp\n{program.TrimEnd()}\n```", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Quickstart_Run_TrainsSavesLoadsAndActs()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Quickstart.dll")])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using Process process = Process.Start(start)!;
        (string Output, string Errors)? said = ChildProcess.Finish(process, TimeSpan.FromMinutes(10));
        Assert.NotNull(said);
        (string output, string errors) = said.Value;

        Assert.True(process.ExitCode == 0, errors);
        Assert.Contains("Mean return", output, StringComparison.Ordinal);
        Assert.Contains("Reward of the first action: 1", output, StringComparison.Ordinal);
        Assert.True(
            File.Exists(Directory.GetFiles(_folder.Path, "policy.safetensors", SearchOption.AllDirectories).FirstOrDefault())
        );
    }
}
