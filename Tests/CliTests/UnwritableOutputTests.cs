using System.Diagnostics;
using Cli.Output;
using Xunit;

namespace Tests.CliTests;

/// <summary>Outputs that cannot be written, as on a full disk.</summary>
public sealed class UnwritableOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train", ">/dev/full 2>/dev/full", "", 0)]
    [InlineData("train", ">/dev/full 2>/dev/full", "--json", 1)]
    [InlineData("train", ">/dev/null 2>&-", "--json", 0)]
    public async Task Train_NothingCanBeTold_StillSavesItsResult(string command, string redirection, string option, int expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is a device of Linux.");

        int code = await Shell(
            $"{command} CartPole-v1 --out run --steps 2048 --set ppo.epochs=1 evaluation.final_episodes=2 environment_threads=1 {option} {redirection}"
        );

        Assert.Equal(expected, code);
        Assert.True(File.Exists(_folder.In("run", "summary.json")));
    }

    [Fact]
    public async Task LearnerAndActor_ErrorsCannotBeWritten_TrainToTheEnd()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is a device of Linux.");
        string address = "unix:" + _folder.In("s");

        Task<int> learner = Shell(
            $"learner CartPole-v1 --out run --listen {address} --steps 2048 --set evaluation.episodes=0 evaluation.final_episodes=2 >/dev/full 2>/dev/full"
        );
        Task<int> actor = Shell($"actor --learner {address} --id a >/dev/full 2>/dev/full");

        int[] codes = await Task.WhenAll(learner, actor);
        Assert.Equal([0, 0], codes);
        Assert.True(File.Exists(_folder.In("run", "summary.json")));
    }

    [Fact]
    public async Task Environments_ResultsCannotBeWritten_FailsWithOneLine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is a device of Linux.");

        int code = await Shell("environments --json >/dev/full 2>errors");

        Assert.Equal(1, code);
        string error = Assert.Single(File.ReadAllLines(_folder.In("errors")));
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void DiagnosticWriter_InnerWriterFails_DropsWhatItGets()
    {
        using var writer = new DiagnosticWriter(new FullWriter());

        writer.WriteLine("line");
        writer.Write('c');
        writer.Write("text");
        writer.Write(1.5);
        writer.WriteLine();
        writer.Flush();

        Assert.Throws<IOException>(() => new FullWriter().WriteLine("line"));
    }

    private async Task<int> Shell(string arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "agents-cli.dll");
        using Process process = Process.Start(
            new ProcessStartInfo("sh", ["-c", $"exec dotnet '{program}' {arguments}"]) { WorkingDirectory = _folder.Path }
        )!;
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private sealed class FullWriter : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Flush() => throw new IOException("No space left on device");
    }
}
