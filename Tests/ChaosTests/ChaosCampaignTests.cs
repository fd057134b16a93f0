using System.Text.Json;
using Cli;
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
        var output = new StringWriter();
        var error = new StringWriter();

        int code = await Application.RunAsync(
            ["chaos", campaign, .. options, "--out", _folder.In("c"), "--json", "--slowdown", "20"],
            output,
            error,
            TestContext.Current.CancellationToken
        );

        Assert.True(code == 0, $"{output}\n{error}");
        JsonElement result = JsonDocument.Parse(output.ToString().TrimEnd().Split('\n')[^1]).RootElement;
        Assert.True(result.GetProperty("passed").GetBoolean());
        Assert.Equal(0, result.GetProperty("figures").GetProperty("acknowledged_lost").GetInt64());
        Assert.True(result.GetProperty("figures").GetProperty("acknowledged_unrolls").GetInt64() > 0);
    }

    [Theory]
    [InlineData("bodies", 40, "bodies_refused_with_a_reason", "honest_p99_ratio")]
    [InlineData("bridge", 150, "python_requests", "client_growth_megabytes")]
    public async Task Run_ShortCampaignWithoutAFleet_KeepsEveryBarThatTheSuiteLeavesAlone(
        string campaign,
        int messages,
        string counted,
        string spoiled
    )
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Campaigns watch processes as Linux does.");
        var output = new StringWriter();
        var error = new StringWriter();

        await Application.RunAsync(
            ["chaos", campaign, "--messages", $"{messages}", "--out", _folder.In("c"), "--json"],
            output,
            error,
            TestContext.Current.CancellationToken
        );

        JsonElement result = JsonDocument.Parse(output.ToString().TrimEnd().Split('\n')[^1]).RootElement;
        // How long calls take on a machine that runs a test suite says nothing, nor does the memory of a process that runs other tests meanwhile.
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
}
