using System.Text.Json;
using Cli;
using Tests.StudyTests;
using Xunit;

namespace Tests.CliTests;

public sealed class ReproduceCommandTests : IDisposable
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

    [Fact]
    public async Task Reproduce_WithoutAClaim_ListsThem()
    {
        (int code, string output, _) = await Run("reproduce", "--json");

        Assert.Equal(0, code);
        string?[] names =
        [
            .. JsonDocument
                .Parse(output)
                .RootElement.GetProperty("claims")
                .EnumerateArray()
                .Select(claim => claim.GetProperty("name").GetString()),
        ];
        Assert.Contains("acktr", names);
        Assert.Contains("ppo-cartpole", names);
        Assert.Contains("PPO solves CartPole", (await Run("reproduce")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Did you mean 'ppo-cartpole'?", "reproduce", "ppo-cartpol")]
    [InlineData("must be quick or full", "reproduce", "ppo-cartpole", "--budget", "huge")]
    [InlineData("--seeds is '0'", "reproduce", "ppo-cartpole", "--seeds", "0")]
    [InlineData("must end in .png or .svg", "plot", "runs", "--out", "curves.gif")]
    public async Task Reproduce_Mistakes_AreWrongUsage(string message, params string[] arguments)
    {
        (int code, _, string error) = await Run(arguments);

        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reproduce_OwnClaim_TrainsInProcessesAndPrintsTheReport()
    {
        File.WriteAllText(_folder.In("tiny.yaml"), SampleClaims.Tiny);
        string[] command = ["reproduce", _folder.In("tiny.yaml"), "--seeds", "1", "--jobs", "2", "--out", _folder.In("out")];

        (int code, string output, string error) = await Run([.. command, "--json"]);

        Assert.True(code == 0, error);
        JsonElement result = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal("unclear", result.GetProperty("verdict").GetString()); // one seed decides nothing
        Assert.Equal(2, result.GetProperty("runs").GetArrayLength());
        Assert.True(result.GetProperty("cpu_seconds").GetDouble() > 0);
        Assert.Equal($"agents {string.Join(' ', command)}", result.GetProperty("command").GetString());
        Assert.True(File.Exists(result.GetProperty("report").GetString()));

        (int again, string table, _) = await Run(command);
        Assert.Equal(0, again);
        Assert.Contains("Verdict: unclear", table, StringComparison.Ordinal);

        (int plotted, string pictures, _) = await Run("plot", _folder.In("out"), "--out", _folder.In("curves.png"));
        Assert.Equal(0, plotted);
        Assert.Contains("a2c (1); ppo (1)", pictures, StringComparison.Ordinal);
    }
}
