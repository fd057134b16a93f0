using System.Text.Json;
using Agents.Networks;
using Agents.Policies;
using Cli;
using Environments.Spaces;
using Microsoft.ML.OnnxRuntime;
using Tests.OnnxTests;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents export</c>.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExportCommandTests()
    {
        var settings = new NetworkSettings
        {
            HiddenSizes = [6],
            Core = "gru",
            CoreSize = 4,
        };
        using SavedPolicy policy = OnnxComparison.PolicyOf(new NetworkSpec(new Box(-1, 1, 4), new Discrete(3), settings));
        policy.Save(_folder.In("run", "policy"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Export_OfARun_WritesAModelAndSaysWhatItTakes()
    {
        string file = _folder.In("gru.onnx");

        (int code, string output, string error) = await Run(
            "export",
            _folder.In("run"),
            "--out",
            file,
            "--sampled",
            "--distribution"
        );

        Assert.True(code == 0, error);
        foreach (
            string word in (string[])
                ["observation", "float32 [batch, 4]", "core_state.actor.core", "noise", "logits", "- Draw noise", file]
        )
        {
            Assert.Contains(word, output);
        }
        using InferenceSession session = OnnxPlayer.Open(
            await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)
        );
        Assert.Equal(["action", "logits", "next_core_state.actor.core"], session.OutputNames);
        Assert.Equal("Test-v0", session.ModelMetadata.CustomMetadataMap["environment"]);
        Assert.Equal("Agents", session.ModelMetadata.ProducerName);
    }

    [Fact]
    public async Task Export_WithJson_DescribesTheModelForPrograms()
    {
        string file = _folder.In("gru.onnx");

        (int code, string output, _) = await Run("export", _folder.In("run", "policy"), "--out", file, "--value", "--json");

        Assert.Equal(0, code);
        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(new FileInfo(file).Length, report.GetProperty("bytes").GetInt64());
        Assert.Equal("value", report.GetProperty("outputs")[1].GetProperty("name").GetString());
        Assert.Equal(-1, report.GetProperty("inputs")[0].GetProperty("shape")[0].GetInt32());
        Assert.Equal("greedy", report.GetProperty("metadata").GetProperty("acting").GetString());
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
