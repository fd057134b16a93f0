using System.Text.Json;
using Xunit;

namespace Tests.CliTests.Strangers;

public sealed class ArtefactCampaignTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ShortCampaign_KeepsEveryBar()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The campaign makes pipes and watches the process as Linux does.");
        // In a process of its own: it changes the working directory, and its memory is measured.
        var variables = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "0x1000000" };

        (int code, string output, string error) = await AgentsProcess.RunAsync(
            variables,
            TestContext.Current.CancellationToken,
            "chaos",
            "artefacts",
            "--mutations",
            "120",
            "--slowdown",
            "20",
            "--out",
            _folder.In("c"),
            "--json"
        );

        Assert.True(code == 0, $"{output}\n{error}");
        JsonElement figures = AgentsProcess.LastLine(output).GetProperty("figures");
        Assert.Equal(120, figures.GetProperty("mutations").GetInt32());
        Assert.True(figures.GetProperty("refused").GetInt32() > 30);
        Assert.True(figures.GetProperty("accepted").GetInt32() > 10);
        foreach (
            string name in (string[])
                ["stack_traces", "hangs_over_5_seconds", "raw_lines", "executed", "connections", "written_outside"]
        )
        {
            Assert.Equal(0, figures.GetProperty(name).GetInt32());
        }
    }
}
