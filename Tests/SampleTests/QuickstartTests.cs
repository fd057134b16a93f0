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
        (int code, string output, string errors) = SampleProgram.Run(_folder.Path, "Quickstart.dll");

        Assert.True(code == 0, errors);
        Assert.Contains("Mean return", output, StringComparison.Ordinal);
        Assert.Contains("Reward of the first action: 1", output, StringComparison.Ordinal);
        Assert.True(
            File.Exists(Directory.GetFiles(_folder.Path, "policy.safetensors", SearchOption.AllDirectories).FirstOrDefault())
        );
    }
}
