using System.Text.Json.Nodes;
using Agents.Yaml;
using Benchmarks;
using Benchmarks.Comparing;
using Cli;
using Cli.Processes;
using Xunit;

namespace Tests.CliTests;

public sealed class CompareCommandTests
{
    [Theory]
    [InlineData("us", 10, 5, 2, "B is faster")]
    [InlineData("cpu_s", 5, 10, 0.5, "B is slower")]
    [InlineData("steps/cpu_s", 10, 30, 3, "B is faster")]
    public void Verdict_EveryPairDiffersTheSameWay_IsThatWay(string unit, double a, double b, double ratio, string expected)
    {
        var comparison = new PairedComparison("x", "none", unit);
        for (int i = 0; i < PairedComparison.LeastPairs; i++)
        {
            comparison.Add(a * (1 + 0.01 * i), b * (1 + 0.01 * i)); // the machine slows down, both sides with it
        }

        Assert.Equal(ratio, comparison.Ratio.Low, 1e-9);
        Assert.Equal(ratio, comparison.Ratio.IntervalLow, 1e-9);
        Assert.Equal(expected, comparison.Verdict);
    }

    [Fact]
    public void Verdict_PairsThatDisagree_ShowsNoDifference()
    {
        var comparison = new PairedComparison("x", "none", "us");
        foreach (double b in (double[])[9, 11, 8.5, 10.5, 9.5, 12, 9.9])
        {
            comparison.Add(10, b);
        }

        Assert.Equal((10, 9.9), (comparison.A, comparison.B));
        Assert.InRange(1, comparison.Ratio.IntervalLow, comparison.Ratio.IntervalHigh);
        Assert.Equal("no difference shown", comparison.Verdict);
    }

    [Theory]
    [InlineData("", "A side begins with a build")]
    [InlineData("nowhere", "There is no build in 'nowhere'")]
    [InlineData(". word", "'word' of the side '. word' is no variable")]
    public void Create_SideThatIsNone_SaysWhatOneIs(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => new BuildSide(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Run_VariablesAndOptions_ReachTheProgram()
    {
        IOException exception = Assert.Throws<IOException>(() =>
            new BuildSide(". AGENTS_TRACE=1 --no-such-option").Run(["list"])
        );

        Assert.Contains("There is no option '--no-such-option'", exception.Message, StringComparison.Ordinal);
        (string output, double seconds) = new BuildSide(". AGENTS_COMMAND=other").Run(["train", "CartPole-v1", "--steps", "512"]);
        Assert.Contains("Evaluate it with: other evaluate", output, StringComparison.Ordinal);
        Assert.True(seconds > 0);
    }

    [Fact]
    public async Task Compare_ABuildWithItself_RunsSevenPairsInTurns()
    {
        var output = new StringWriter();
        var error = new StringWriter();

        int code = await Application.RunAsync(
            ["bench", "compare", ".", ". DOTNET_TieredPGO=0", "--command", "list --help", "--json"],
            output,
            error,
            TestContext.Current.CancellationToken
        );

        Assert.Equal((ExitCodes.Done, 7), (code, error.ToString().Split("pair ").Length - 1));
        JsonNode json = JsonNode.Parse(output.ToString())!;
        JsonNode result = Assert.Single(json["results"]!.AsArray())!;
        Assert.Equal("list --help", result["name"]!.GetValue<string>());
        Assert.True(result["low"]!.GetValue<double>() <= result["ratio"]!.GetValue<double>());
        Assert.True(result["ratio"]!.GetValue<double>() <= result["high"]!.GetValue<double>());
    }

    [Fact]
    public void Names_OfPeersFigures_AreBenchmarks()
    {
        HashSet<string> known = [.. new BenchmarkSuite(_ => ([], 0)).Names];

        Assert.All(PeerFigures.Names, name => Assert.Contains(name, known));
        Assert.Contains("PufferLib", PeerFigures.Find("environment/cartpole-8")!.Value.Whose, StringComparison.Ordinal);
    }
}
