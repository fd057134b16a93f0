using Agents.Policies;
using Cli;
using Learners.Composition;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.CliTests.Strangers;

/// <summary>Mistakes that new users make: the answer names what was typed, the reason and the cure, and no type of .NET.</summary>
public sealed class TypicalMistakeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train", "CartPole-v1", "--out")]
    [InlineData("train", "CartPole-v1", "--seeds", "1", "--steps", "100", "--out")]
    [InlineData("learner", "CartPole-v1", "--listen", "http://127.0.0.1:0", "--out")]
    [InlineData("certificates", "--out")]
    [InlineData("reproduce", "ppo-cartpole", "--out")]
    [InlineData("discover", "MountainCar-v0", "--out")]
    public async Task Out_PlaceWhereNothingCanBe_NamesItTheReasonAndTheCure(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is a folder of Linux.");
        await File.WriteAllTextAsync(_folder.In("file"), "", TestContext.Current.CancellationToken);

        string proc = await Mistake(1, [.. arguments, "/proc/x"]);
        string inFile = await Mistake(1, [.. arguments, _folder.In("file", "run")]);

        Assert.Contains("'/proc/x", proc, StringComparison.Ordinal);
        Assert.Contains(
            "cannot be written: nothing can be created in '/proc'. Choose another path.",
            proc,
            StringComparison.Ordinal
        );
        Assert.Contains($"'{_folder.In("file")}' is a file, not a folder.", inFile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Out_FilesOfPolicies_NameThePlaceAndNoTemporaryFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is a folder of Linux.");
        await MakeRun();

        foreach (
            string[] arguments in (string[][])
                [
                    ["export", _folder.In("run"), "--out", "/proc/p.onnx"],
                    ["record", _folder.In("run"), "--episodes", "1", "--out", "/proc/p.gif"],
                    ["plot", _folder.In("run"), "--out", "/proc/p.png"],
                ]
        )
        {
            string error = await Mistake(1, arguments);

            Assert.Contains($"'{arguments[^1]}' cannot be written: ", error, StringComparison.Ordinal);
            Assert.DoesNotContain("tmp", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(
        "The file of settings (--config) cannot be read. There is no file 'none.yaml'.",
        2,
        "train",
        "--config",
        "none.yaml"
    )]
    [InlineData("The token file cannot be read. There is no file 'none'.", 1, "actor", "--token-file", "none")]
    [InlineData("Gymnasium's are named gym:LunarLander-v3", 2, "train", "LunarLander-v3")]
    [InlineData("--assembly FILE.dll", 2, "train", "Own/Thermostat-v0")]
    [InlineData("a host and a port from 0 to 65535 should follow", 1, "status", "--learner", "http://127.0.0.1:70000")]
    [InlineData("Write 1-3.", 2, "train", "CartPole-v1", "--seeds", "3-1")]
    [InlineData("Did you mean 'ppo.learning_rate'?", 2, "train", "CartPole-v1", "--set", "learning_rate=1")]
    [InlineData("Did you mean 'ppo.minibatches'?", 2, "train", "CartPole-v1", "--set", "ppo.batch_size=64")]
    [InlineData("'--set a2c.learning_rate='", 2, "train", "CartPole-v1", "--agent", "a2c", "--lr", "1")]
    [InlineData("'--set impala.learning_rate='", 2, "learner", "CartPole-v1", "--lr", "1")]
    [InlineData("'--set wrappers.normalize_observations=true'", 2, "train", "CartPole-v1", "--normalize")]
    [InlineData("Did you mean '--set ppo.discount_factor='?", 2, "train", "CartPole-v1", "--lr", "1", "--gamma", "0.9")]
    [InlineData("Did you mean '--set ppo.learning_rate='?", 2, "train", "CartPole-v1", "--lr=1", "--gamma", "0.9")]
    [InlineData("and 'CartPole-v1' is left over", 2, "evaluate", "run", "CartPole-v1")]
    [InlineData("There is no command 'trian'. Did you mean 'train'?", 2, "trian")]
    public async Task Mistake_IsOneLineWithTheCure(string expected, int code, params string[] arguments) =>
        Assert.Contains(expected, await Mistake(code, arguments), StringComparison.Ordinal);

    [Fact]
    public async Task Agent_NothingNearIt_IsNotGuessed()
    {
        string error = await Mistake(2, "train", "CartPole-v1", "--agent", "sac");

        Assert.DoesNotContain("Did you mean", error, StringComparison.Ordinal);
        Assert.Contains("a2c, acktr, impala, ppo, vmpo", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", "--learner")]
    [InlineData("actor", "--patience", "0", "--learner")]
    public async Task Learner_IsDown_SaysThatNobodyListens(params string[] arguments)
    {
        foreach (string address in (string[])["http://127.0.0.1:1", "unix:" + _folder.In("no.sock")])
        {
            string error = await Fails(1, [.. arguments, address]);

            Assert.Contains("nobody listens there", error, StringComparison.Ordinal);
            Assert.Contains(address, error, StringComparison.Ordinal);
            foreach (string jargon in (string[])["Exception", "gRPC", "subchannel", "localhost"])
            {
                Assert.DoesNotContain(jargon, error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Actor_LearnerIsDown_SaysAtOnceThatItWaits()
    {
        string error = await Fails(1, "actor", "--patience", "0", "--id", "a", "--learner", "http://127.0.0.1:1");

        Assert.StartsWith(
            "[a] Waiting for the learner at http://127.0.0.1:1 (nobody listens there) …",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Resume_FewerStepsThanAreDone_IsRefusedAndNothingChanges()
    {
        await MakeRun();
        string config = await File.ReadAllTextAsync(_folder.In("run", "config.yaml"), TestContext.Current.CancellationToken);

        string error = await Mistake(2, "train", "--resume", _folder.In("run"), "--steps", "100");

        Assert.Contains("has done 256 steps already, and total_steps=100 leaves none", error, StringComparison.Ordinal);
        Assert.Equal(
            config,
            await File.ReadAllTextAsync(_folder.In("run", "config.yaml"), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Resume_OtherSetting_NamesItAndBothValues()
    {
        await MakeRun();

        string error = await Mistake(2, "train", "--resume", _folder.In("run"), "--set", "ppo.epochs=2");

        Assert.Contains("ppo.epochs was 1 and is now 2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_ARun_ChecksItsPolicies()
    {
        await MakeRun();
        Assert.Contains(
            "\"policy\":\"whole, of step 256\"",
            await Output("inspect", _folder.In("run"), "--json"),
            StringComparison.Ordinal
        );

        await File.AppendAllTextAsync(
            _folder.In("run", "policy", SavedPolicy.WeightsFile),
            "x",
            TestContext.Current.CancellationToken
        );

        string output = await Output("inspect", _folder.In("run"), "--json");
        Assert.Contains("is not the file that was saved", output, StringComparison.Ordinal);
    }

    private async Task MakeRun() =>
        await Trainer.TrainAsync(
            new TrainingSettings
            {
                Environment = "CartPole-v1",
                TotalSteps = 256,
                Agent = new PpoSettings
                {
                    Copies = 4,
                    UnrollLength = 32,
                    Epochs = 1,
                    Minibatches = 1,
                },
                Evaluation = new EvaluationSettings { FinalEpisodes = 1, Episodes = 0 },
            },
            new TrainingOptions { OutputFolder = _folder.In("run") },
            TestContext.Current.CancellationToken
        );

    // One line, of plain words.
    private static async Task<string> Mistake(int expected, params string[] arguments)
    {
        string error = await Fails(expected, arguments);
        Assert.Single(error.TrimEnd().Split('\n'));
        return error;
    }

    private static async Task<string> Fails(int expected, params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        Assert.Equal(expected, code);
        Assert.DoesNotContain("System.", error.ToString(), StringComparison.Ordinal);
        return error.ToString();
    }

    private static async Task<string> Output(params string[] arguments)
    {
        var output = new StringWriter();
        Assert.Equal(0, await Application.RunAsync(arguments, output, TextWriter.Null, TestContext.Current.CancellationToken));
        return output.ToString();
    }
}
