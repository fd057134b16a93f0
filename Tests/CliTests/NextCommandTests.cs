using System.CommandLine;
using System.Diagnostics;
using Cli.Commands.Runs;
using Cli.Options;
using Cli.Output;
using Learners.Evaluation;
using Learners.Training;
using Xunit;

namespace Tests.CliTests;

/// <summary>Commands that are printed to be run next.</summary>
public sealed class NextCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_OwnEnvironment_PrintsACommandThatRunsAsItStands()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "OwnEnvironment.dll");
        string output = await Shell(
            $"dotnet '{Path.Combine(AppContext.BaseDirectory, "agents-cli.dll")}' train Own/Thermostat-v0 --assembly '{assembly}' "
                + "--out 'my run' --steps 1024 --set evaluation.episodes=0 evaluation.final_episodes=2"
        );
        string printed = output.Split('\n').Single(line => line.StartsWith("Evaluate it with: ", StringComparison.Ordinal));

        string scores = await Shell(printed["Evaluate it with: ".Length..] + " --episodes 2 --json");

        Assert.Contains("\"environment\":\"Own/Thermostat-v0\"", scores, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(200, false)] // within the interval of the last one
    public void Train_AnEarlierPolicyWasBetter_SaysHowToEvaluateThat(double best, bool expected)
    {
        var output = new StringWriter();
        var result = new TrainingResult
        {
            RunFolder = _folder.In("run"),
            PolicyFolder = _folder.In("run/policy"),
            Policy = null!, // nobody asks for it
            EnvironmentSteps = 100,
            Updates = 1,
            WallSeconds = 1,
            CpuSeconds = 1,
            ParameterHash = "0",
            Interrupted = false,
            BestReturn = best,
            Evaluation = new EvaluationResult
            {
                Episodes = 100,
                MeanReturn = 192,
                StdReturn = 212,
                MinReturn = 15,
                MaxReturn = 500,
                MeanLength = 192,
            },
        };

        TrainCommand.Print(output, new StringWriter(), result, json: false, "train", []);

        Assert.Equal(expected, output.ToString().Contains("An earlier policy of this run scored 500.", StringComparison.Ordinal));
        Assert.Equal(expected, output.ToString().Contains(Path.Combine("run", "best"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Train_StartedByTheScript_PrintsTheScriptAsItWasCalled()
    {
        string output = await Shell(
            $"AGENTS_COMMAND=../here/agents dotnet '{Path.Combine(AppContext.BaseDirectory, "agents-cli.dll")}' train CartPole-v1 "
                + "--out run --steps 1024 --set evaluation.episodes=0 evaluation.final_episodes=2"
        );

        Assert.Contains("\nEvaluate it with: ../here/agents evaluate run\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./agents", "./agents")]
    [InlineData("sub/../agents", "sub/../agents")]
    public async Task Script_CalledByAPath_TellsThePathItWasCalledBy(string call, string told)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script is for a Unix shell.");
        // The script as it is, with a program in place of the build and of dotnet.
        Directory.CreateDirectory(_folder.In("sub"));
        Directory.CreateDirectory(_folder.In("bin"));
        Directory.CreateDirectory(_folder.In("Cli", "obj"));
        File.Copy(Path.Combine(Root, "agents"), _folder.In("agents"));
        File.WriteAllText(_folder.In("bin", "dotnet"), "#!/bin/sh\necho \"$AGENTS_COMMAND\"\n");
        string output = await Shell($"chmod +x agents bin/dotnet && PATH=\"$PWD/bin:$PATH\" {call} list");

        Assert.Equal(told, output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public void Of_WordsThatAShellWouldSplit_AreQuoted() =>
        Assert.EndsWith(
            " evaluate 'my run' --assembly 'own tasks.dll' --assembly b.dll",
            NextCommand.Of(["evaluate", "my run", "--assembly", "own tasks.dll", "--assembly", "b.dll"]),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("CartPole-v1", "")]
    [InlineData("CartPole-v1 --assembly a.dll --allow-module m", "--assembly a.dll --allow-module m")]
    [InlineData("gym:own.tasks:Env?wrappers=other:Wrapper", "--allow-module own.tasks --allow-module other")]
    [InlineData("gym:own.tasks:Env --allow-module own.tasks", "--allow-module own.tasks")]
    [InlineData("gym:FrozenLake-v1?map_name=8x8", "--allow-module FrozenLake-v1")]
    [InlineData("gym:CartPole-v1", "")]
    [InlineData("grpc://127.0.0.1:9/X", "--allow-server grpc://127.0.0.1:9")]
    [InlineData("--set environment=gym:own:Env", "--allow-module own")]
    public void NextWords_OfARun_AllowWhatTheUserGaveAndItsEnvironmentNeeds(string line, string expected)
    {
        var options = new RunSettingsOptions("ppo", isFleet: false);
        var command = new Command("train");
        options.AddTo(command);

        Assert.Equal(expected, string.Join(' ', options.NextWords(command.Parse(line.Split(' ')))));
    }

    private static string Root
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "agents.sln")))
            {
                folder = Path.GetDirectoryName(folder)!;
            }
            return folder;
        }
    }

    private async Task<string> Shell(string command)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true }
        )!;
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
