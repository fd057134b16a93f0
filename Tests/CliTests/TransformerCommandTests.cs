using System.Text.Json;
using Agents.Networks.Cores;
using Cli;
using Xunit;

namespace Tests.CliTests;

public sealed class TransformerCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_AttentionOfATrainedTransformer_WritesThePicture()
    {
        string picture = _folder.In("attention.png");
        (int trained, _, _) = await Run(
            "train",
            "Memory/Recall-v0?delay=3",
            "--core",
            "gtrxl",
            "--steps",
            "768",
            "--out",
            _folder.In("run"),
            "--set",
            "evaluation.final_episodes=2"
        );

        (int code, string output, _) = await Run("inspect", _folder.In("run"), "--attention", picture, "--json");

        Assert.Equal((0, 0), (trained, code));
        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal("attention", result.GetProperty("kind").GetString());
        Assert.Equal(4, result.GetProperty("steps").GetInt32());
        Assert.Equal(picture, result.GetProperty("picture").GetString());
        Assert.Equal(
            [0x89, 0x50, 0x4E, 0x47],
            (await File.ReadAllBytesAsync(picture, TestContext.Current.CancellationToken))[..4]
        );
    }

    [Fact]
    public async Task Inspect_BranchesOfATrainedPolicy_SaysHowOftenEachWouldHaveActedOtherwise()
    {
        (int trained, _, _) = await Run(
            "train",
            "Memory/Recall-v0?delay=3",
            "--core",
            "ppr",
            "--steps",
            "768",
            "--out",
            _folder.In("run"),
            "--set",
            "evaluation.final_episodes=2",
            "ppo.auxiliary.ppr.weight=0.1"
        );

        (int code, string output, _) = await Run("inspect", _folder.In("run"), "--branches", "5", "--json");
        (int refused, _, string error) = await Run("inspect", _folder.In("run"), "--branches", "--attention");

        Assert.Equal((0, 0, 2), (trained, code, refused));
        Assert.Contains("Give one of them.", error, StringComparison.Ordinal);
        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal("branches", result.GetProperty("kind").GetString());
        Assert.Equal(20, result.GetProperty("steps").GetInt32());
        Assert.InRange(result.GetProperty("perception_acts_otherwise").GetDouble(), 0, 1);
        Assert.InRange(result.GetProperty("prediction_divergence").GetDouble(), 1e-9, 1);
    }

    [Fact]
    public async Task Train_CoreOption_OverridesTheTunedCore()
    {
        (int code, _, _) = await Run(
            "train",
            "Memory/Recall-v0",
            "--core",
            "gru",
            "--steps",
            "768",
            "--out",
            _folder.In("run"),
            "--set",
            "evaluation.final_episodes=2"
        );

        Assert.Equal(0, code);
        string config = await File.ReadAllTextAsync(_folder.In("run", "config.yaml"), TestContext.Current.CancellationToken);
        Assert.Contains("core: gru", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_UnknownCore_NamesTheKnownOnes()
    {
        (int code, _, string error) = await Run("train", "Memory/Recall-v0", "--core", "xl");

        Assert.Equal(2, code);
        Assert.Contains(
            $"Known: {string.Join(", ", MemoryCores.All.Select(core => core.Name))};",
            error,
            StringComparison.Ordinal
        );
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
