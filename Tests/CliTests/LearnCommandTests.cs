using System.Text.Json;
using Cli;
using Learners.Supervised;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents learn</c>.</summary>
public sealed class LearnCommandTests : IDisposable
{
    private static readonly string[] Quick =
    [
        "--updates",
        "30",
        "--batch-size",
        "8",
        "--set",
        "copy.length=3",
        "network.core_size=4",
        "evaluation.samples=16",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Learn_Json_LastLineHoldsTheDocumentedKeys()
    {
        (int code, string output, _) = await Run([
            "learn",
            "copy",
            "--core",
            "gru",
            "--out",
            _folder.In("run"),
            "--json",
            .. Quick,
        ]);

        Assert.Equal(0, code);
        JsonElement result = LastLine(output);
        Assert.Equal(30, result.GetProperty("updates").GetInt64());
        Assert.Equal("copy", result.GetProperty("task").GetString());
        JsonElement score = result.GetProperty("evaluation");
        foreach (string key in (string[])["loss", "accuracy", "bits_per_symbol"])
        {
            Assert.Equal(JsonValueKind.Number, score.GetProperty(key).ValueKind);
        }
        foreach (string file in (string[])["config.yaml", "metrics.csv", "summary.json", "network/network.yaml", "checkpoints"])
        {
            Assert.True(Path.Exists(_folder.In("run", file)), file);
        }
        Assert.StartsWith(
            "updates,losses/loss,",
            File.ReadLines(_folder.In("run", "metrics.csv")).First(),
            StringComparison.Ordinal
        );
        Assert.Contains("core: gru", File.ReadAllText(_folder.In("run", "config.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Learn_ForPeople_PrintsATableAndTheNextCommand()
    {
        (int code, string output, string error) = await Run(["learn", "copy", "--out", _folder.In("run"), .. Quick]);

        Assert.True(code == 0, error);
        Assert.Contains("bits per symbol", output, StringComparison.Ordinal);
        Assert.Contains("learn --evaluate", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_Run_GivesTheScoreOfItsEnd()
    {
        (_, string learned, _) = await Run(["learn", "copy", "--out", _folder.In("run"), "--json", .. Quick]);

        (int code, string output, _) = await Run("learn", "--evaluate", _folder.In("run"), "--json");

        Assert.Equal(0, code);
        Assert.Equal(
            LastLine(learned).GetProperty("evaluation").GetProperty("loss").GetDouble(),
            LastLine(output).GetProperty("loss").GetDouble()
        );
    }

    [Fact]
    public async Task Resume_LongerRun_GoesOn()
    {
        await Run(["learn", "copy", "--out", _folder.In("run"), .. Quick]);

        (int code, string output, _) = await Run("learn", "--resume", _folder.In("run"), "--updates", "40", "--json");

        Assert.Equal(0, code);
        Assert.Equal(40, LastLine(output).GetProperty("updates").GetInt64());
    }

    [Fact]
    public async Task Seeds_EachGetsItsOwnRunAndOneTable()
    {
        (int code, string output, _) = await Run([
            "learn",
            "copy",
            "--seeds",
            "1,2",
            "--jobs",
            "1",
            "--out",
            _folder.In("runs"),
            "--json",
            .. Quick,
        ]);

        Assert.Equal(0, code);
        JsonElement runs = LastLine(output).GetProperty("runs");
        Assert.Equal([1, 2], runs.EnumerateArray().Select(run => run.GetProperty("seed").GetInt32()));
        Assert.NotEqual(runs[0].GetProperty("parameter_hash").GetString(), runs[1].GetProperty("parameter_hash").GetString());
        Assert.True(File.Exists(_folder.In("runs", "seed-2", "summary.json")));
    }

    [Fact]
    public async Task Plot_SupervisedRuns_DrawsAColumn()
    {
        await Run(["learn", "copy", "--out", _folder.In("run"), .. Quick]);

        (int code, string output, string error) = await Run(
            "plot",
            _folder.In("run"),
            "--metric",
            "losses/loss",
            "--out",
            _folder.In("picture.svg")
        );

        Assert.True(code == 0, error);
        Assert.Contains("lstm", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.In("picture.svg")));
    }

    [Fact]
    public async Task Train_ResumeOfASupervisedRun_NamesTheCommand()
    {
        await Run(["learn", "copy", "--out", _folder.In("run"), .. Quick]);

        (int code, _, string error) = await Run("train", "--resume", _folder.In("run"));

        Assert.Equal(2, code);
        Assert.Contains("is of a supervised run of copy", error, StringComparison.Ordinal);
        Assert.Contains("'agents learn'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ShowsEveryTask()
    {
        (int code, string output, _) = await Run("learn", "--list");

        Assert.Equal(0, code);
        Assert.All(SupervisedTasks.All, task => Assert.Contains(task.Name, output, StringComparison.Ordinal));
        Assert.Contains("copy.length", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Name a task", "learn")]
    [InlineData("there is no task 'coppy'. Did you mean 'copy'?", "learn", "coppy")]
    [InlineData("there is no core 'lstn'. Did you mean 'lstm'?", "learn", "copy", "--core", "lstn")]
    [InlineData("--seeds does not go with --seed", "learn", "copy", "--seeds", "1-2", "--seed", "1")]
    [InlineData("--resume takes task, core and folder from the run", "learn", "copy", "--resume", "somewhere")]
    [InlineData("needs a file", "learn", "text")]
    [InlineData("Did you mean '--updates'?", "learn", "copy", "--update", "3")]
    public async Task Learn_WrongUsage_IsOneLineAndCode2(string expected, params string[] arguments)
    {
        (int code, _, string error) = await Run([.. arguments]);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Learn_FileThatIsNone_IsOneLineAndCode1()
    {
        File.WriteAllText(_folder.In("text.txt"), "no images");
        (int code, _, string error) = await Run(
            "learn",
            "images",
            "--set",
            $"images.images={_folder.In("text.txt")}",
            $"images.labels={_folder.In("text.txt")}"
        );

        Assert.Equal(1, code);
        Assert.Contains("is no IDX file", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private static JsonElement LastLine(string output) => JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
}
