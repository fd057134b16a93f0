using Agents.Networks;
using Agents.Policies;
using Cli;
using Environments.Randomness;
using Environments.Spaces;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.CliTests.Strangers;

/// <summary>Files of a stranger, that ask for code and connections, at every command that takes such files.</summary>
public sealed class StrangersFolderTests : IDisposable
{
    private const string Module = "stranger_module"; // on the path of Python here, so that nothing but the refusal keeps it from being executed
    private const string Id = $"gym:{Module}:Env";
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _ending = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("evaluate", "policy")]
    [InlineData("record", "policy", "--out", "a.gif")]
    [InlineData("inspect", "policy", "--attention", "a.png")]
    [InlineData("train", "--config", "config.yaml", "--out", "run")]
    [InlineData("learner", "--config", "config.yaml", "--out", "run")]
    [InlineData("train", "--resume", "resumed")]
    [InlineData("learner", "--resume", "resumed")]
    [InlineData("reproduce", "claim.yaml", "--out", "claim")]
    public async Task Run_FileThatNamesAModule_IsRefusedInOneLineThatSaysWhatWasAskedFor(params string[] arguments)
    {
        MakeFiles(Id);

        (int code, string error) = await Run([.. arguments.Select(Here)]);

        Assert.Equal(2, code);
        Assert.Contains($"'{Id}' asks for the Python module '{Module}'", error, StringComparison.Ordinal);
        Assert.Contains($"--allow-module {Module}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(_folder.In("run")));
    }

    [Theory]
    [InlineData("evaluate", "policy")]
    [InlineData("train", "--config", "config.yaml", "--out", "run")]
    [InlineData("train", "--resume", "resumed")]
    [InlineData("reproduce", "claim.yaml", "--out", "claim")]
    public async Task Run_FileThatNamesAServer_ConnectsToNothing(params string[] arguments)
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        string server = $"grpc://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}";
        MakeFiles(server + "/CartPole-v1");

        (int code, string error) = await Run([.. arguments.Select(Here)]);

        Assert.Equal(2, code);
        Assert.Contains($"--allow-server {server}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("inspect", "policy")]
    [InlineData("inspect", "resumed")]
    public async Task Inspect_FileThatNamesAModule_ShowsItsNameAndExecutesNothing(params string[] arguments)
    {
        MakeFiles(Id);

        (int code, string error) = await Run([.. arguments.Select(Here)]);

        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task Evaluate_ModuleThatTheUserAllows_IsExecuted()
    {
        _ = PythonCases.Folder; // puts bridge_cases on Python's path
        MakeFiles(PythonCases.Id("CartPole"));

        (int refused, _) = await Run("evaluate", Here("policy"), "--episodes", "1");
        (int allowed, string error) = await Run("evaluate", Here("policy"), "--episodes", "1", "--allow-module", "bridge_cases");
        (int typed, string other) = await Run(
            "evaluate",
            Here("policy"),
            "--episodes",
            "1",
            "--environment",
            PythonCases.Id("CartPole")
        );

        Assert.Equal(2, refused);
        Assert.True(allowed == 0, error);
        Assert.True(typed == 0, other);
    }

    [Theory]
    [InlineData("gym:CartPole-v1")]
    [InlineData("gym:CartPole-v1?lane=inprocess")]
    [InlineData("gym:local:Env")]
    public async Task Environments_ModulesInTheWorkingDirectory_AreNotExecuted(string id)
    {
        string work = Directory.CreateDirectory(_folder.In("work")).FullName;
        foreach (string module in (string[])["gymnasium", "json", "sysconfig", "grpc", "agents_bridge", "local"])
        {
            File.WriteAllText(
                Path.Combine(work, module + ".py"),
                $"open('{_folder.In("executed")}', 'w').close()\nclass Env: pass\n"
            );
        }

        (int code, _, string error) = await AgentsProcess.RunInAsync(work, [], _ending, "environments", id);

        Assert.False(File.Exists(_folder.In("executed")), error);
        Assert.True(code is 0 or 1 or 2, error);
    }

    [Fact]
    public async Task Environments_WorkingDirectoryThatTheUserNames_IsOnThePath()
    {
        string work = Directory.CreateDirectory(_folder.In("work")).FullName;
        File.WriteAllText(Path.Combine(work, "local.py"), "from agents_bridge.samples import CartPole\n");
        var variables = new Dictionary<string, string> { ["AGENTS_PYTHON_PATH"] = "." };

        (int without, _, string error) = await AgentsProcess.RunInAsync(work, [], _ending, "environments", "gym:local:CartPole");
        (int with, _, string other) = await AgentsProcess.RunInAsync(
            work,
            variables,
            _ending,
            "environments",
            "gym:local:CartPole"
        );

        Assert.Equal(2, without);
        Assert.Contains("the working directory is none of them unless named", error, StringComparison.Ordinal);
        Assert.True(with == 0, other);
    }

    [Fact]
    public void Serve_BridgeRunAsAModule_ImportsNothingFromTheWorkingDirectory()
    {
        string work = Directory.CreateDirectory(_folder.In("work")).FullName;
        File.WriteAllText(Path.Combine(work, "argparse.py"), $"open('{_folder.In("executed")}', 'w').close()\n");

        string help = PythonRun.RunModule(work, "agents_bridge", "serve", "--help");

        Assert.Contains("--path FOLDER", help, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.In("executed")));
    }

    [Fact]
    public async Task Record_ProgramInTheWorkingDirectory_IsNotTheOneThatIsStarted()
    {
        string work = Directory.CreateDirectory(_folder.In("work")).FullName;
        string program = Path.Combine(work, "ffmpeg");
        File.WriteAllText(program, $"#!/bin/sh\n: > '{_folder.In("executed")}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        MakeFiles("CartPole-v1");

        await AgentsProcess.RunInAsync(work, [], _ending, "record", Here("policy"), "--out", Here("film.mp4"));

        Assert.False(File.Exists(_folder.In("executed")));
    }

    private string Here(string word) =>
        word.StartsWith('-') || word is "evaluate" or "record" or "inspect" or "train" or "learner" or "reproduce"
            ? word
            : _folder.In(word);

    private async Task<(int Code, string Error)> Run(params string[] arguments)
    {
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, TextWriter.Null, error, _ending);
        return (code, error.ToString());
    }

    /// <summary>A policy, settings, a run and a claim of an environment.</summary>
    private void MakeFiles(string environment)
    {
        float[] high = [4.8f, float.PositiveInfinity, 0.41887903f, float.PositiveInfinity];
        var settings = new NetworkSettings
        {
            HiddenSizes = [4],
            Core = "gtrxl",
            CoreSize = 4,
        };
        var spec = new NetworkSpec(new Box([.. high.Select(bound => -bound)], high), new Discrete(2), settings);
        var random = new Pcg64(1);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        using (var policy = new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = environment }, spec, parameters, null))
        {
            policy.Save(_folder.In("policy"));
        }
        Directory.CreateDirectory(_folder.In("resumed"));
        foreach (string file in (string[])["config.yaml", Path.Combine("resumed", "config.yaml")])
        {
            File.WriteAllText(_folder.In(file), $"environment: '{environment}'\nagent: ppo\n");
        }
        File.WriteAllText(
            _folder.In("claim.yaml"),
            $"""
            title: a claim
            source: a stranger
            seeds: 1
            arms: [{"{"} name: ppo {"}"}]
            tasks: [{"{"} environment: '{environment}', steps: 100, threshold: 1 {"}"}]
            measures: [{"{"} name: m, metric: evaluation_return, effect: bar, arms: [ppo], expected: above, bar: 5 {"}"}]
            """
        );
    }
}
