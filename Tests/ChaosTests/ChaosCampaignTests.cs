using System.Text.Json;
using Cli;
using Tests.CliTests;
using Tests.Waits;
using Xunit;

namespace Tests.ChaosTests;

/// <summary>Short forms of the fault campaigns, each with a real fleet of processes.</summary>
public sealed class ChaosCampaignTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("actors", "--kills", "6", "--actors", "3")]
    [InlineData("learner", "--kills", "2", "--actors", "2")]
    [InlineData("partition", "--seconds", "2", "--actors", "2")]
    [ShortTime("The environments hang for ever, so the time comes; one that is replaced too soon costs the campaign nothing.")]
    [InlineData("hang", "--step-timeout", "1", "--actors", "2")]
    [InlineData("messages", "--messages", "5000")]
    [InlineData("disk", "--seconds", "1", "--actors", "2")]
    public async Task Run_ShortCampaign_KeepsEveryBar(string campaign, params string[] options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Campaigns stop and limit processes as Linux does.");

        (int code, string output, string error) = await RunAsync([campaign, .. options]);

        Assert.True(code == 0, $"{output}\n{error}");
        JsonElement result = AgentsProcess.LastLine(output);
        Assert.True(result.GetProperty("passed").GetBoolean());
        Assert.Equal(0, result.GetProperty("figures").GetProperty("acknowledged_lost").GetInt64());
        Assert.True(result.GetProperty("figures").GetProperty("acknowledged_unrolls").GetInt64() > 0);
    }

    [Theory]
    [InlineData("bodies", 40, "bodies_refused_with_a_reason", "honest_p99_ratio")]
    [InlineData("bridge", 150, "python_requests", null)]
    public async Task Run_ShortCampaignWithoutAFleet_KeepsEveryBarThatTheSuiteLeavesAlone(
        string campaign,
        int messages,
        string counted,
        string? spoiled
    )
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Campaigns watch processes as Linux does.");

        (_, string output, string error) = await RunAsync([campaign, "--messages", $"{messages}"]);

        JsonElement result = AgentsProcess.LastLine(output);
        // How long calls take on a machine that runs a test suite says nothing.
        string[] missed = [.. result.GetProperty("missed").EnumerateArray().Select(name => name.GetString()!)];
        Assert.True(missed.All(name => name == spoiled), $"{output}\n{error}");
        Assert.True(result.GetProperty("figures").GetProperty(counted).GetInt64() > 0);
    }

    [Fact]
    public async Task Run_UnknownCampaign_NamesTheNearestOne()
    {
        var error = new StringWriter();

        int code = await Application.RunAsync(
            ["chaos", "actor", "--out", _folder.In("c")],
            TextWriter.Null,
            error,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(2, code);
        Assert.Contains("Did you mean 'actors'?", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environments_HangingOne_IsInNoList()
    {
        var output = new StringWriter();

        await Application.RunAsync(["environments"], output, TextWriter.Null, TestContext.Current.CancellationToken);

        Assert.DoesNotContain("Chaos/", output.ToString(), StringComparison.Ordinal);
    }

    // In a process of its own, whose memory no other test changes.
    private Task<(int Code, string Output, string Error)> RunAsync(string[] arguments) =>
        AgentsProcess.RunAsync(
            [],
            TestContext.Current.CancellationToken,
            ["chaos", .. arguments, "--out", _folder.In("c"), "--json", "--slowdown", "20"]
        );
}
