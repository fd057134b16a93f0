using System.Diagnostics;
using Chaos.Artefacts;
using Chaos.Processes;
using Cli;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.CliTests.Strangers;

/// <summary>Whatever a file, an option or a limit of the system is: one line and an exit code.</summary>
public sealed class BrokenInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _ending = TestContext.Current.CancellationToken;

    private static string Case(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "Strangers", name);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("argument.yaml")]
    [InlineData("operation.yaml")]
    public async Task Run_YamlThatTheParserFailsOn_IsOneLine(string name)
    {
        await Fails(2, "is not YAML", "train", "--config", Case(name), "--out", _folder.In("run"));
        await Fails(2, "is not YAML", "reproduce", Case(name), "--out", _folder.In("claim"));
    }

    [Fact]
    public async Task Resume_StateWhoseValuesLie_IsOneLineThatNamesTheValue()
    {
        ArtefactSamples.Copy(Case("state-with-lying-values"), _folder.In("run"));

        await Fails(1, "must be from 0", "train", "--resume", _folder.In("run"));
    }

    [Theory]
    [InlineData("episodes.count", "Int64", -5L)]
    [InlineData("environment_steps", "Int64", -1L)]
    [InlineData("learner.updates", "Int64", long.MinValue)]
    [InlineData("source.sequence_number", "Int64", -1L)]
    public async Task Resume_OneValueThatCannotBe_IsOneLineThatNamesIt(string name, string type, long value)
    {
        await MakeRun();
        string checkpoint = ArtefactSamples.NewestCheckpoint(_folder.In("run"));
        var state = CheckpointStore.Load(checkpoint);
        state.AddRaw(name, type, BitConverter.GetBytes(value));
        ArtefactSamples.SaveState(checkpoint, state);

        await Fails(1, $"State '{name}' is {value}", "train", "--resume", _folder.In("run"), "--steps", "512");
    }

    [Fact]
    public async Task Resume_GeneratorThatStandsStill_IsRefusedInsteadOfWaitedFor()
    {
        await MakeRun();
        string checkpoint = ArtefactSamples.NewestCheckpoint(_folder.In("run"));
        var state = CheckpointStore.Load(checkpoint);
        (string name, string type, byte[] bytes) = state.Entries.First(entry => entry.Name == "source.recorder.random");
        state.AddRaw(name, type, new byte[bytes.Length]);
        ArtefactSamples.SaveState(checkpoint, state);

        await Fails(1, "holds no Pcg64", "train", "--resume", _folder.In("run"), "--steps", "512");
    }

    [Theory]
    [InlineData("--certificate", "/etc/passwd", "--key", "/etc/passwd", "--token-file", "token")]
    [InlineData("--certificate", "empty", "--key", "empty", "--token-file", "token")]
    [InlineData("--certificate", "/dev/zero", "--key", "/dev/zero", "--token-file", "token")]
    [InlineData("--client-ca", "/etc/passwd")]
    public async Task Learner_CertificateThatIsNone_IsOneLineAndLeavesNoFolder(params string[] options)
    {
        File.WriteAllText(_folder.In("empty"), "");
        File.WriteAllText(_folder.In("token"), "0123456789abcdef0123456789abcdef");
        string[] words = [.. options.Select(word => word is "empty" or "token" ? _folder.In(word) : word)];
        string listen = words[0] == "--certificate" ? "https://127.0.0.1:0" : "http://127.0.0.1:0";

        string error = await Fails(1, "'", ["learner", "CartPole-v1", "--out", _folder.In("run"), "--listen", listen, .. words]);

        Assert.Contains(words[1], error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("run")));
    }

    [Theory]
    [InlineData("actor", "--learner", "https://127.0.0.1:9", "--ca", "/etc/passwd")]
    [InlineData("status", "--learner", "https://127.0.0.1:9", "--ca", "/etc/passwd")]
    [InlineData("health", "--metrics", "https://127.0.0.1:9", "--ca", "/etc/passwd")]
    public Task Client_AuthorityThatIsNone_IsOneLine(params string[] arguments) =>
        Fails(1, "'/etc/passwd' is no certificate", arguments);

    [Theory]
    [InlineData("learner", "CartPole-v1", "--token-file", "/dev/null")]
    [InlineData("actor", "--token-file", "/dev/null")]
    [InlineData("status", "--token-file", "/dev/null")]
    [InlineData("serve-env", "CartPole-v1", "--token-file", "/dev/null")]
    public Task Run_TokenFileWithoutAToken_IsAnErrorInsteadOfAnOpenDoor(params string[] arguments) =>
        Fails(1, "'/dev/null' is a device", arguments);

    [Fact]
    public async Task Evaluate_PolicyInWhosePlaceAPipeIs_EndsAtOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes are told apart on Linux.");
        Directory.CreateDirectory(_folder.In("p"));
        NamedPipe.Make(_folder.In("p", "policy.yaml"));
        NamedPipe.Make(_folder.In("p", "policy.safetensors"));
        NamedPipe.Make(_folder.In("config.yaml"));

        await Fails(1, "is a pipe", "evaluate", _folder.In("p"));
        await Fails(1, "is a pipe", "inspect", _folder.In("p", "policy.safetensors"));
        await Fails(2, "is a pipe", "train", "--config", _folder.In("config.yaml"));
    }

    [Fact]
    public async Task Resume_RunFolderWithALink_IsRefusedBeforeAnythingIsWrittenThroughIt()
    {
        await MakeRun();
        File.WriteAllText(_folder.In("diary"), "mine\n");
        File.Delete(_folder.In("run", "metrics.csv"));
        File.CreateSymbolicLink(_folder.In("run", "metrics.csv"), _folder.In("diary"));

        await Fails(1, "metrics.csv' is a link", "train", "--resume", _folder.In("run"), "--steps", "512");

        Assert.Equal("mine\n", File.ReadAllText(_folder.In("diary")));
    }

    [Fact]
    public async Task Run_TextOfAFile_ReachesTheTerminalShortAndWithoutItsCommands()
    {
        string text = "\\e[2J\u202e" + new string('k', 100_000);
        File.WriteAllText(_folder.In("config.yaml"), $"environment: CartPole-v1\nseed: \"{text}\"\n");

        string error = await Fails(2, "\\u001B[2J\\u202E", "train", "--config", _folder.In("config.yaml"));

        Assert.DoesNotContain('\u001b', error);
        Assert.InRange(error.Length, 300, 600);
    }

    [Fact]
    public async Task Run_MegabytesInOneScalar_AreRefusedInAShortLine()
    {
        string name = new('n', 3_600_000);
        File.WriteAllText(_folder.In("key.yaml"), $"environment: CartPole-v1\n? {name}\n: 1\n");
        File.WriteAllText(_folder.In("agent.yaml"), $"environment: CartPole-v1\nagent: {name}\n");
        File.WriteAllText(_folder.In("value.yaml"), $"environment: {name}\n");

        await Fails(2, "there is no setting", "train", "--config", _folder.In("key.yaml"));
        await Fails(2, "There is no agent", "train", "--config", _folder.In("agent.yaml"));
        await Fails(2, "There is no environment", "train", "--config", _folder.In("value.yaml"));
    }

    [Theory]
    [InlineData(1, "needs 256 or more", "ulimit -n 64; exec \"$@\"")]
    [InlineData(1, "needs 256 or more", "ulimit -n 100; exec \"$@\"")]
    [InlineData(0, "", "exec \"$@\" <&-")]
    [InlineData(0, "", "exec \"$@\" >&-")]
    [InlineData(0, "", "exec \"$@\" <&- >&- 2>&-")]
    public async Task Train_LimitsOfTheSystem_EndInAnExitCodeAndAtMostOneLine(int expectedCode, string expected, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Limits are set by a shell.");
        string program = Path.Combine(AppContext.BaseDirectory, "agents-cli.dll");
        var start = new ProcessStartInfo(
            "/bin/bash",
            [
                "-c",
                script,
                "bash",
                "dotnet",
                program,
                "train",
                "CartPole-v1",
                "--steps",
                "256",
                "--out",
                _folder.In("run"),
                "--set",
                "evaluation.final_episodes=1",
            ]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(_ending);
        string error = await process.StandardError.ReadToEndAsync(_ending);
        await process.WaitForExitAsync(_ending);
        await output;

        Assert.True(process.ExitCode == expectedCode, $"{process.ExitCode}: {error}");
        Assert.Contains(expected, error, StringComparison.Ordinal);
        // Beside what a run says about itself at its start.
        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int told = lines is [var first, ..] && first.StartsWith("Training ppo", StringComparison.Ordinal) ? 1 : 0;
        Assert.True(lines.Skip(told).Count(line => told == 0 || !line.StartsWith("  ", StringComparison.Ordinal)) <= 1, error);
    }

    private async Task MakeRun()
    {
        TrainingSettings settings = TunedSettings.For("CartPole-v1") with
        {
            TotalSteps = 256,
            Network = new() { HiddenSizes = [8] },
        };
        settings = settings with
        {
            Agent = settings.Of<PpoSettings>() with { UnrollLength = 16, Epochs = 1 },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
        await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") }, _ending);
    }

    private async Task<string> Fails(int expectedCode, string expected, params string[] arguments)
    {
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, TextWriter.Null, error, _ending);

        IEnumerable<string> lines = error.ToString().TrimEnd('\n').Split('\n');
        string line = Assert.Single(lines, text => !text.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.True(code == expectedCode, line);
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", line, StringComparison.Ordinal);
        return line;
    }
}
