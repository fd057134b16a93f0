using System.Text.Json;
using Cli;
using Xunit;

namespace Tests.CliTests;

public sealed class CompareRunsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private async Task Train(string agent, string seed)
    {
        (int code, _, string error) = await Run(
            "train",
            "CartPole-v1",
            "--agent",
            agent,
            "--steps",
            "4096",
            "--seed",
            seed,
            "--out",
            _folder.In("runs", agent, seed),
            "--set",
            "record_episodes=true",
            "evaluation.episodes=2",
            "evaluation.final_episodes=5"
        );
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task Compare_TwoAgents_PrintsTablesAndDrawsProfiles()
    {
        foreach (string seed in (string[])["1", "2"])
        {
            await Train("a2c", seed);
            await Train("ppo", seed);
        }
        Directory.CreateDirectory(_folder.In("runs", "ppo", "3"));
        File.Copy(_folder.In("runs", "ppo", "1", "config.yaml"), _folder.In("runs", "ppo", "3", "config.yaml"));
        File.Copy(_folder.In("runs", "ppo", "1", "metrics.csv"), _folder.In("runs", "ppo", "3", "metrics.csv"));
        string[] command =
        [
            "compare",
            _folder.In("runs", "ppo"),
            _folder.In("runs"),
            "--threshold",
            "15",
            "--out",
            _folder.In("profiles.png"),
        ];

        (int code, string table, string error) = await Run(command);
        (int codeOfJson, string output, _) = await Run([.. command, "--json", "--score", "training"]);

        Assert.True(code == 0, error);
        Assert.Equal(0, codeOfJson);
        Assert.Contains("left out:", error, StringComparison.Ordinal);
        Assert.Contains("not finished", error, StringComparison.Ordinal);
        Assert.Contains("P(improvement) [95 %]", table, StringComparison.Ordinal);
        Assert.Contains("[-]: fewer than 3 runs", table, StringComparison.Ordinal);
        Assert.Contains("2 of 2", table, StringComparison.Ordinal);
        StudyTests.PngFile.AssertIsPlot(
            _folder.In("profiles.png"),
            Studies.Plotting.CurvePlot.Width,
            Studies.Plotting.CurvePlot.Height
        );
        AssertFields(JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement);
    }

    private static void AssertFields(JsonElement result)
    {
        Assert.Equal("training", result.GetProperty("score").GetString());
        Assert.Equal("episodes.csv", result.GetProperty("threshold_source").GetString());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("references").ValueKind);
        JsonElement ppo = result.GetProperty("algorithms")[0];
        Assert.Equal(("ppo", 2), (ppo.GetProperty("label").GetString(), ppo.GetProperty("runs").GetInt32()));
        Assert.Equal(2, ppo.GetProperty("scores").GetProperty("CartPole-v1").GetArrayLength());
        foreach (string key in (string[])["mean", "iqm", "median"])
        {
            Assert.True(ppo.GetProperty(key).GetProperty("value").GetDouble() > 5, key);
            Assert.Equal(JsonValueKind.Null, ppo.GetProperty(key).GetProperty("low").ValueKind); // two runs have no interval
        }
        // A2C's first episodes are short enough for a hundred of them in so few steps.
        JsonElement threshold = result.GetProperty("algorithms")[1].GetProperty("thresholds")[0];
        Assert.Equal((2, 2), (threshold.GetProperty("reached").GetInt32(), threshold.GetProperty("runs").GetInt32()));
        Assert.InRange(threshold.GetProperty("frames").GetProperty("at_most").GetDouble(), 1, 4200);
        Assert.True(threshold.GetProperty("cpu_seconds").GetProperty("at_least").GetDouble() > 0);
        JsonElement pair = result.GetProperty("pairs")[0];
        Assert.Equal(("a2c", "ppo"), (pair.GetProperty("algorithm").GetString(), pair.GetProperty("baseline").GetString()));
        Assert.InRange(pair.GetProperty("probability_of_improvement").GetProperty("value").GetDouble(), 0, 1);
        Assert.Equal(1, result.GetProperty("left_out").GetArrayLength());
    }

    [Theory]
    [InlineData(2, "must end in .png or .svg", "--out", "profiles.gif")]
    [InlineData(2, "must be evaluation or training", "--score", "best")]
    [InlineData(2, "must be settings or agent", "--by", "seed")]
    [InlineData(2, "--threshold is 'high'", "--threshold", "high")]
    [InlineData(1, "holds no run", "--score", "training")]
    public async Task Compare_Mistakes_SayWhatIsWrong(int expected, string message, params string[] options)
    {
        (int code, _, string error) = await Run(["compare", _folder.In("runs"), .. options]);

        Assert.Equal(expected, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
