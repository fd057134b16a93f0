using System.CommandLine;
using System.Text.Json;
using Agents.Networks.Cores;
using Cli;
using Learners.Configuration;
using Xunit;

namespace Tests.CliTests;

public sealed class ApplicationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly string[] Quick =
    [
        "--steps",
        "2048",
        "--seed",
        "3",
        "--set",
        "ppo.epochs=1",
        "evaluation.episodes=2",
        "evaluation.final_episodes=5",
    ];

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private static JsonElement LastLine(string output) => JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;

    [Fact]
    public void Build_NameOfACommand_MakesThatCommandAlone()
    {
        IList<Command> all = Application.Build(TextWriter.Null, TextWriter.Null, []).Subcommands;
        Assert.True(all.Count > 10);
        foreach (Command command in all)
        {
            RootCommand root = Application.Build(TextWriter.Null, TextWriter.Null, [command.Name, "--help"]);
            Assert.Equal(command.Name, Assert.Single(root.Subcommands).Name);
        }
        Assert.Equal(all.Count, Application.Build(TextWriter.Null, TextWriter.Null, ["trian"]).Subcommands.Count);
    }

    [Fact]
    public async Task Train_Json_LastLineHoldsTheDocumentedKeys()
    {
        (int code, string output, _) = await Run(["train", "CartPole-v1", "--out", _folder.In("run"), "--json", .. Quick]);

        Assert.Equal(0, code);
        JsonElement result = LastLine(output);
        Assert.Equal(2048, result.GetProperty("env_steps").GetInt64());
        foreach (
            string key in (string[])["run", "policy", "updates", "wall_seconds", "cpu_seconds", "mean_return", "best_return"]
        )
        {
            Assert.True(result.TryGetProperty(key, out _), key);
        }
        Assert.True(Directory.Exists(result.GetProperty("policy").GetString()));
    }

    [Fact]
    public async Task Evaluate_Json_LastLineHoldsTheDocumentedKeysAndRepeats()
    {
        await Run(["train", "CartPole-v1", "--out", _folder.In("run"), .. Quick]);

        (int code, string output, _) = await Run("evaluate", _folder.In("run"), "--episodes", "7", "--seed", "1", "--json");
        (_, string again, _) = await Run("evaluate", _folder.In("run", "policy"), "--episodes", "7", "--seed", "1", "--json");

        Assert.Equal(0, code);
        Assert.Equal(output, again);
        JsonElement result = LastLine(output);
        Assert.Equal(7, result.GetProperty("episodes").GetInt32());
        foreach (string key in (string[])["mean_return", "std_return", "ci95_low", "ci95_high", "mean_length"])
        {
            Assert.Equal(JsonValueKind.Number, result.GetProperty(key).ValueKind);
        }
    }

    [Fact]
    public async Task Train_ForPeople_PrintsATableAndWhereThePolicyLies()
    {
        (int code, string output, _) = await Run(["train", "CartPole-v1", "--out", _folder.In("run"), .. Quick]);

        Assert.Equal(0, code);
        Assert.Contains("mean return", output, StringComparison.Ordinal);
        Assert.Contains("Policy: ", output, StringComparison.Ordinal);
        Assert.Contains("agents evaluate", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_Cancelled_Returns130AndSaysHowToContinue()
    {
        using var cancellation = new CancellationTokenSource();
        var output = new StringWriter();
        var error = new StringWriter();
        await cancellation.CancelAsync();

        int code = await Application.RunAsync(
            ["train", "CartPole-v1", "--out", _folder.In("run"), "--json"],
            output,
            error,
            cancellation.Token
        );

        Assert.Equal(130, code);
        Assert.Contains("--resume", error.ToString(), StringComparison.Ordinal);
        Assert.True(LastLine(output.ToString()).GetProperty("interrupted").GetBoolean());
        (int resumed, _, _) = await Run(
            "train",
            "--resume",
            _folder.In("run"),
            "--steps",
            "1024",
            "--set",
            "evaluation.final_episodes=2"
        );
        Assert.Equal(0, resumed);
    }

    [Fact]
    public async Task Train_InitFrom_BeginsEverySeedWithThePolicyAndWritesItDown()
    {
        await Run(["train", "CartPole-v1", "--out", _folder.In("it's first"), .. Quick, "network.hidden_sizes=[16]"]);
        string[] start =
        [
            "train",
            "CartPole-v1?length=1",
            "--init-from",
            _folder.In("it's first", "policy"),
            "--steps",
            "2048",
            "--set",
            "evaluation.final_episodes=2",
        ];

        (int code, _, string error) = await Run([.. start, "--seeds", "4,5", "--out", _folder.In("later")]);

        Assert.True(code == 0, error);
        foreach (string seed in (string[])["seed-4", "seed-5"])
        {
            string config = await File.ReadAllTextAsync(
                _folder.In("later", seed, "config.yaml"),
                TestContext.Current.CancellationToken
            );
            Assert.Contains("weights_sha256: ", config, StringComparison.Ordinal);
            Assert.Contains("policy", config, StringComparison.Ordinal);
            using var policy = Agents.Policies.SavedPolicy.Load(_folder.In("later", seed, "policy"));
            Assert.Equal([16], policy.Network.HiddenSizes!);
        }
        (int refused, _, string why) = await Run(
            "train",
            "--resume",
            _folder.In("later", "seed-4"),
            "--set",
            "fleet.journal=true"
        );
        Assert.Equal(2, refused);
        Assert.Contains("fleet.journal would do nothing", why, StringComparison.Ordinal);
        (int other, _, string differs) = await Run(
            "learner",
            "CartPole-v1?length=1",
            "--agent",
            "ppo",
            "--init-from",
            _folder.In("another"),
            "--out",
            _folder.In("later", "seed-4"),
            "--continue"
        );
        Assert.Equal(2, other);
        Assert.Contains("holds a run that began with", differs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "Did you mean 'CartPole-v1'?", "train", "CartPoel-v1")]
    [InlineData(2, "Did you mean 'Pendulum-v1'?", "environments", "Pendulum-v0")]
    [InlineData(2, "Did you mean 'ppo'?", "train", "CartPole-v1", "--agent", "poo")]
    [InlineData(2, "Did you mean 'ppo.clip_range'?", "train", "CartPole-v1", "--set", "ppo.clip_rage=0.1")]
    [InlineData(2, "must be between", "train", "CartPole-v1", "--set", "ppo.clip_range=-1")]
    [InlineData(2, "Did you mean 'train'?", "trian", "CartPole-v1")]
    [InlineData(2, "Did you mean '--seed'?", "train", "CartPole-v1", "--sede", "1")]
    [InlineData(2, "Name an environment", "train")]
    [InlineData(2, "whole number", "train", "CartPole-v1", "--steps", "many")]
    [InlineData(2, "whole number from 1", "evaluate", ".", "--episodes", "0")]
    [InlineData(2, "'-1', but must be a whole number from 0", "train", "CartPole-v1", "--seed", "-1")]
    [InlineData(2, "Did you mean '--steps'?", "train", "--stpes", "5", "CartPole-v1")]
    [InlineData(2, "cannot be read", "train", "--config", "missing.yaml")]
    [InlineData(2, "between 0.001 and 10", "train", "CartPole-v1", "--set", "ppo.clip_range=99")]
    [InlineData(2, "Did you mean 'CartPole-v1'?", "train", "CartPole-v2")]
    [InlineData(2, "Did you mean 'startup'?", "bench", "start-up")]
    [InlineData(2, "must be one of auto, managed, torch", "train", "CartPole-v1", "--engine", "cuda")]
    [InlineData(1, "There is no folder", "evaluate", "no-such-folder")]
    [InlineData(1, "holds no run", "train", "--resume", "no-such-folder")]
    [InlineData(1, "There is no folder", "record", "no-such-folder")]
    [InlineData(1, "There is no folder", "export", "no-such-folder")]
    [InlineData(2, "Name a file that ends in .onnx", "export", ".", "--out", "policy.pt")]
    [InlineData(2, "--fps is 'fast', but must be a number from 0.1 to 240", "record", ".", "--fps", "fast")]
    [InlineData(2, "--scale is '0', but must be a number from 0.01 to 100", "record", ".", "--scale", "0")]
    [InlineData(2, "Did you mean 'CartPole-v1'?", "play", "CartPoel-v1")]
    [InlineData(1, "There is no assembly 'no.dll'", "train", "Own/Thermostat-v0", "--assembly", "no.dll")]
    [InlineData(1, "There is no assembly 'no.dll'", "environments", "--assembly", "no.dll")]
    [InlineData(2, "leave them out", "train", "CartPole-v1", "--resume", "no-such-folder")]
    [InlineData(2, "Leave one of them out", "train", "--resume", "no-such-folder", "--init-from", "another")]
    [InlineData(2, "name the policy with --init-from", "train", "CartPole-v1", "--redraw-heads")]
    [InlineData(1, "There is no folder", "train", "CartPole-v1", "--init-from", "no-such-folder")]
    [InlineData(1, "There is no folder", "learner", "CartPole-v1", "--init-from", "no-such-folder")]
    [InlineData(2, "fleet.journal would do nothing", "train", "CartPole-v1", "--set", "fleet.journal=true")]
    [InlineData(
        2,
        "a2c.learning_rate belongs to the agent a2c, but ppo is trained",
        "train",
        "CartPole-v1",
        "--set",
        "a2c.learning_rate=1"
    )]
    [InlineData(
        2,
        "ppo.epochs belongs to the agent ppo, but impala is trained",
        "learner",
        "CartPole-v1",
        "--set",
        "ppo.epochs=1"
    )]
    [InlineData(2, "stop_at_return is NaN, but must be a finite number", "train", "CartPole-v1", "--set", "stop_at_return=nan")]
    [InlineData(2, "--fps is 'nan', but must be a number", "record", ".", "--fps", "nan")]
    [InlineData(
        2,
        "the better half of a single sample is nothing",
        "train",
        "CartPole-v1",
        "--agent",
        "vmpo",
        "--core",
        "lstm",
        "--set",
        "vmpo.copies=1",
        "vmpo.unroll_length=4",
        "vmpo.burn_in=3"
    )]
    public async Task Run_WrongInput_IsOneLineWithTheFixAndTheExitCode(
        int expectedCode,
        string expectedText,
        params string[] arguments
    )
    {
        (int code, string output, string error) = await Run(arguments);

        Assert.Equal(expectedCode, code);
        Assert.Contains(expectedText, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal("", output);
    }

    [Fact]
    public async Task Train_FolderThatCannotBeWritten_FailsInOneLine()
    {
        await File.WriteAllTextAsync(_folder.In("file"), "not a folder", TestContext.Current.CancellationToken);

        (int code, _, string error) = await Run(["train", "CartPole-v1", "--out", _folder.In("file", "run"), .. Quick]);

        Assert.Equal(1, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("environments")]
    [InlineData("export")]
    [InlineData("record")]
    [InlineData("play")]
    [InlineData("list")]
    [InlineData("inspect")]
    [InlineData("bench")]
    public async Task Help_EveryCommand_ShowsExamples(string command)
    {
        (int code, string output, _) = await Run(command, "--help");

        Assert.Equal(0, code);
        Assert.Contains("Example", output, StringComparison.Ordinal);
        Assert.Contains($"agents {command}", output, StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environments_Json_ListsSpacesAndLimits()
    {
        (_, string output, _) = await Run("environments", "--json");

        JsonElement pendulum = LastLine(output)
            .GetProperty("environments")
            .EnumerateArray()
            .Single(environment => environment.GetProperty("id").GetString() == "Pendulum-v1");
        Assert.Equal(200, pendulum.GetProperty("max_episode_steps").GetInt32());
        Assert.Equal("Box(-2, 2, [1])", pendulum.GetProperty("action_space").GetString());
    }

    [Fact]
    public async Task Environments_OneId_PrintsAllThatIsKnownAndNoPictureWhereRedirected()
    {
        (int code, string output, _) = await Run("environments", "MountainCar-v0");

        Assert.Equal(0, code);
        foreach (string part in (string[])["underpowered car", "Discrete(3)", "200", "-110", "left, none, right"])
        {
            Assert.Contains(part, output, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("▀", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_Json_LastLineHoldsTheDocumentedKeys()
    {
        await Run(["train", "CartPole-v1", "--out", _folder.In("run"), .. Quick]);
        string[] options = ["--episodes", "2", "--scale", "0.25", "--fps", "10", "--deterministic"];

        (int code, string output, _) = await Run([
            "record",
            _folder.In("run"),
            "--out",
            _folder.In("film.gif"),
            .. options,
            "--json",
        ]);
        (int other, _, string error) = await Run("record", _folder.In("run"), "--out", _folder.In("film.avi"));

        Assert.Equal(0, code);
        JsonElement result = LastLine(output);
        Assert.True(File.Exists(result.GetProperty("file").GetString()));
        Assert.Equal(2, result.GetProperty("episodes").GetArrayLength());
        Assert.Equal(150, result.GetProperty("width").GetInt32());
        Assert.Equal(10, result.GetProperty("fps").GetDouble());
        Assert.True(result.GetProperty("frames").GetInt32() > 10);
        Assert.Equal(1, other);
        Assert.Contains("should end in .gif, .mp4, .png", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Play_InputThatIsNoTerminal_FailsInOneLine()
    {
        Assert.SkipUnless(Console.IsInputRedirected, "This run has a terminal.");

        (int code, string output, string error) = await Run("play", "CartPole-v1");

        Assert.Equal(1, code);
        Assert.Contains("standard input is none", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal("", output);
    }

    [Fact]
    public async Task Train_EnvironmentOfAnAssembly_TrainsEvaluatesAndIsListed()
    {
        string[] assembly = ["--assembly", Path.Combine(AppContext.BaseDirectory, "OwnEnvironment.dll")];

        (int code, _, string error) = await Run([
            "train",
            "Own/Thermostat-v0",
            "--out",
            _folder.In("run"),
            .. assembly,
            .. Quick,
            "total_steps=4096",
        ]);
        (int evaluated, string scores, _) = await Run(["evaluate", _folder.In("run"), .. assembly, "--episodes", "5", "--json"]);
        (int unknown, _, string without) = await Run("evaluate", _folder.In("run"));
        (int recorded, _, string picture) = await Run(["record", _folder.In("run"), "--out", _folder.In("a.gif"), .. assembly]);
        (_, string list, _) = await Run(["environments", .. assembly, "--json"]);

        Assert.True(code == 0, error);
        Assert.Equal(0, evaluated);
        Assert.Equal(100, LastLine(scores).GetProperty("mean_length").GetDouble());
        Assert.Equal(2, unknown);
        Assert.Contains("no environment 'Own/Thermostat-v0'", without, StringComparison.Ordinal);
        Assert.Equal(1, recorded);
        Assert.Contains("does not draw itself", picture, StringComparison.Ordinal);
        Assert.Contains("Own/Thermostat-v0", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_AgentOfAnAssembly_TrainsResumesEvaluatesAndIsListed()
    {
        string[] assembly = ["--assembly", Path.Combine(AppContext.BaseDirectory, "OwnAgent.dll")];
        string[] train = ["train", "CartPole-v1", "--agent", "hill", "--out", _folder.In("run"), "--steps", "4096"];

        (int code, string trained, string error) = await Run([
            .. train,
            .. assembly,
            "--set",
            "hill.copies=2",
            "hill.noise=3",
            "evaluation.final_episodes=5",
        ]);
        (int resumed, _, string more) = await Run([
            "train",
            "--resume",
            _folder.In("run"),
            .. assembly,
            "--set",
            "total_steps=8192",
            "--json",
        ]);
        (int evaluated, _, _) = await Run("evaluate", _folder.In("run"), "--episodes", "5", "--json");
        (int unknown, _, string without) = await Run([.. train]);
        (int misspelt, _, string nearest) = await Run([.. train, .. assembly, "--set", "hill.nois=3"]);
        (int foreign, _, string other) = await Run([.. train, .. assembly, "--set", "a2c.copies=3"]);
        (_, string list, _) = await Run(["list", .. assembly, "--json"]);
        string config = await File.ReadAllTextAsync(_folder.In("run/config.yaml"));

        Assert.True(code == 0, error);
        Assert.Contains($"--assembly {assembly[1]}", trained, StringComparison.Ordinal);
        Assert.True(resumed == 0, more);
        Assert.Equal(0, evaluated);
        Assert.Contains("agent: hill\n", config, StringComparison.Ordinal);
        Assert.Contains(
            "\nhill:\n  copies: 2\n  unroll_length: 256\n  discount_factor: 1\n  noise: 3\n",
            config,
            StringComparison.Ordinal
        );
        Assert.Equal((2, 2, 2), (unknown, misspelt, foreign));
        Assert.Contains("There is no agent 'hill'", without, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'hill.noise'?", nearest, StringComparison.Ordinal);
        Assert.Contains("a2c.copies belongs to the agent a2c, but hill is trained", other, StringComparison.Ordinal);
        Assert.Contains("{\"name\":\"hill\",\"description\":\"hill climbing", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actor")]
    [InlineData("environments")]
    [InlineData("list")]
    public async Task Assembly_WithNeitherEnvironmentsNorAgents_SaysWhatItNeeds(string command)
    {
        string protos = Path.Combine(AppContext.BaseDirectory, "RlAgents.Protos.dll");

        (int code, _, string error) = await Run(command, "--assembly", protos);

        Assert.NotEqual(0, code);
        Assert.Contains("Protos has no environments, agents or other parts", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfTrain_NamesEveryAgent()
    {
        (_, string help, _) = await Run("train", "--help");

        Assert.Contains(string.Join(", ", AgentRegistry.Default.Names), help.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_Json_HoldsTheDocumentedKeys()
    {
        (int code, string output, _) = await Run("bench", "machine", "--json");

        Assert.Equal(0, code);
        Assert.Contains("cores", LastLine(output).GetProperty("machine").GetString(), StringComparison.Ordinal);
        JsonElement result = Assert.Single(LastLine(output).GetProperty("results").EnumerateArray());
        Assert.Equal("machine/product-64", result.GetProperty("name").GetString());
        foreach (string key in (string[])["engine", "value", "unit", "ratio_to_torch", "cpu_seconds", "allocated_bytes"])
        {
            Assert.True(result.TryGetProperty(key, out _), key);
        }
    }

    [Fact]
    public async Task Bench_List_HoldsTheStableNames()
    {
        (_, string output, _) = await Run("bench", "--list");

        string[] names =
        [
            "environment/cartpole-8",
            "environment/cartpole-1024",
            "mujoco/halfcheetah",
            "mujoco/humanoid",
            "act/mlp-1",
            "act/mlp-8",
            "act/mlp-64",
            "act/mlp-1024",
            "update/a2c-64",
            "update/recurrent-ppo-256",
            "update/ppo-64",
            "update/ppo-256",
            "update/ppo-2048",
            "train/ppo-cartpole",
            "train/a2c-cartpole",
            "train/recurrent-ppo-cartpole",
            "solve/cartpole",
            "startup",
        ];
        Assert.Superset(names.ToHashSet(), output.Split('\n').ToHashSet());
    }

    [Fact]
    public async Task List_EveryAgent_SaysWhatItIs()
    {
        (_, string output, _) = await Run("list", "--json");

        Assert.All(
            LastLine(output).GetProperty("agents").EnumerateArray(),
            agent => Assert.Contains("et al.", agent.GetProperty("description").GetString(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Environments_List_ShowsBoundsAndShapesOfObservations()
    {
        string[] assembly = ["--assembly", Path.Combine(AppContext.BaseDirectory, "OwnEnvironment.dll")];

        (_, string output, _) = await Run(["environments", .. assembly]);

        string row = output.Split('\n').Single(line => line.Contains("Pendulum-v1", StringComparison.Ordinal));
        Assert.Contains("Box([-1, -1, -8], [1, 1, 8], [3])", row, StringComparison.Ordinal);
        Assert.DoesNotContain("Box of", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Json_NamesAgentsAndCores()
    {
        (_, string output, _) = await Run("list", "--json");

        Assert.Equal(
            AgentRegistry.Default.Names,
            LastLine(output).GetProperty("agents").EnumerateArray().Select(agent => agent.GetProperty("name").GetString())
        );
        Assert.Equal(
            MemoryCores.All.Select(core => core.Name),
            LastLine(output).GetProperty("cores").EnumerateArray().Select(core => core.GetString())
        );
    }

    [Fact]
    public async Task Inspect_RunPolicyCheckpointAndWeights_SaysWhatEachIs()
    {
        await Run(["train", "CartPole-v1", "--out", _folder.In("run"), .. Quick]);
        string checkpoint = Directory.GetDirectories(_folder.In("run", "checkpoints")).Order().Last();
        (string Path, string Kind)[] cases =
        [
            (_folder.In("run"), "run"),
            (_folder.In("run", "policy"), "policy"),
            (checkpoint, "checkpoint"),
            (_folder.In("run", "policy", "policy.safetensors"), "weights"),
        ];

        foreach ((string path, string kind) in cases)
        {
            (int code, string output, _) = await Run("inspect", path, "--json");

            Assert.Equal(0, code);
            Assert.Equal(kind, LastLine(output).GetProperty("kind").GetString());
            Assert.Equal(
                kind == "policy" ? "sample" : null,
                LastLine(output).TryGetProperty("acting", out JsonElement acting) ? acting.GetString() : null
            );
        }
    }
}
