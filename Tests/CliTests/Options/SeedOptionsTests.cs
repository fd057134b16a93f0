using System.Text.Json.Nodes;
using Agents.Yaml;
using Cli;
using Cli.Options;
using Cli.Processes;
using Xunit;

namespace Tests.CliTests;

public sealed class SeedOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1-5", "1,2,3,4,5")]
    [InlineData("7", "7")]
    [InlineData("1,4, 7-9", "1,4,7,8,9")]
    [InlineData("18446744073709551614-18446744073709551615", "18446744073709551614,18446744073709551615")]
    public void Parse_NumbersAndRanges_AreSeedsInOrder(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', SeedOptions.Parse(text)));

    [Theory]
    [InlineData("", "but must be a whole number")]
    [InlineData("5-1", "a range goes up. Write 1-5.")]
    [InlineData("1-2-3", "must be numbers and ranges")]
    [InlineData("-1", "but must be a whole number")]
    [InlineData("1-1001", "more than 1000 seeds")]
    [InlineData("0-18446744073709551615", "more than 1000 seeds")]
    [InlineData("1-3,2", "names seed 2 twice")]
    public void Parse_AnythingElse_SaysWhatIsExpected(string text, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<SettingsException>(() => SeedOptions.Parse(text)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Train_SeveralSeeds_MakesOneFolderEachAndOneTable()
    {
        (int code, string output, _) = await RunAsync("--seeds", "4-5", "--out", _folder.In("runs"));

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("│ mean │", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.In("runs"), "seed-4", "policy", "policy.safetensors")));
        Assert.True(File.Exists(Path.Combine(_folder.In("runs"), "seed-5", "policy", "policy.safetensors")));
    }

    [Fact]
    public async Task Train_OneSeedThatFails_IsAnErrorBesideTheOthersInJson()
    {
        await RunAsync("--seeds", "4", "--out", _folder.In("runs"));

        (int code, string output, _) = await RunAsync("--seeds", "4-5", "--jobs", "1", "--json", "--out", _folder.In("runs"));

        Assert.Equal(ExitCodes.Failed, code);
        JsonNode json = JsonNode.Parse(output)!;
        Assert.Equal([4UL, 5], json["runs"]!.AsArray().Select(run => run!["seed"]!.GetValue<ulong>()));
        Assert.Contains("already holds a run", json["runs"]![0]!["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(1_024, json["runs"]![1]!["env_steps"]!.GetValue<long>());
        Assert.Null(json["mean_return"]);
    }

    [Theory]
    [InlineData("--jobs says how many", "--jobs", "2")]
    [InlineData("does not go with --seed.", "--seeds", "1-2", "--seed", "3")]
    [InlineData("ppo.learning_rate is -1", "--seeds", "1-2", "--set", "ppo.learning_rate=-1")]
    public async Task Train_OptionsThatDoNotFit_AreWrongUsageToldOnce(string expected, params string[] options)
    {
        (int code, _, string error) = await RunAsync(options);

        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] options)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(
            [
                "train",
                "CartPole-v1",
                "--steps",
                "1024",
                .. options,
                "--set",
                "ppo.copies=8",
                "ppo.unroll_length=64",
                "evaluation.final_episodes=2",
            ],
            output,
            error,
            TestContext.Current.CancellationToken
        );
        return (code, output.ToString(), error.ToString());
    }
}
