using Agents.Networks;
using Chaos.Campaigns;
using Chaos.Fuzzing;
using Xunit;

namespace Tests.ChaosTests.Fuzzing;

/// <summary>A short form of <c>agents chaos settings</c>, which draws thousands.</summary>
public sealed class SettingsFuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_HundredDrawnSettings_TrainOrAreRefused()
    {
        var options = new ChaosOptions
        {
            Command = [],
            Folder = _folder.Path,
            Cases = 100,
            Seed = 1,
            Engines = [EngineKind.Managed, EngineKind.Auto], // native tensors are counted by tests beside this one
        };

        ChaosReport report = await SettingsCampaign.RunAsync(options, TestContext.Current.CancellationToken);

        Assert.True(report.Passed, string.Join("\n\n", report.Remarks));
        double trained = report.Figures.Single(figure => figure.Name == "trained").Value;
        Assert.True(trained >= 25, $"only {trained} of the cases trained");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Draw_SameSeed_IsTheSameCase() =>
        Assert.Equal(new FuzzCase(7, EngineKind.Managed).ToString(), new FuzzCase(7, EngineKind.Managed).ToString());

    [Fact]
    public async Task RunAsync_ValueBeyondARange_IsRefused()
    {
        FuzzCase[] wrong =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(seed => new FuzzCase((ulong)seed, EngineKind.Managed))
                .Where(one => one.Wrong is not null),
        ];

        Assert.True(wrong.Length > 20);
        foreach (FuzzCase one in wrong)
        {
            Assert.Equal(
                FuzzOutcome.Refused,
                await one.RunAsync(_folder.In($"{one.Seed}"), TestContext.Current.CancellationToken)
            );
        }
    }
}
