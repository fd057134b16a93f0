using System.Diagnostics;
using Agents.Yaml;
using Learners.Skills;
using Tests.Waits;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>Discoveries that are killed, and folders of which something is missing or damaged.</summary>
public sealed class DiscoveryFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static DiscoverySettings Learned => SkillDiscoveryTests.Learned;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Discover_KilledThreeTimes_LosesNoSkillAndLearnsNoneTwice()
    {
        await Run(Learned, "whole");
        File.WriteAllText(_folder.In("discovery.yaml"), StrictYaml.Write(Learned));
        Func<bool>[] moments =
        [
            () => Directory.Exists(In("skills", "000", "checkpoints")),
            () => File.Exists(In("work", "reward-001.state")),
            () => File.Exists(In("skills", "002", "summary.json")) || File.Exists(In("skills", "002", "config.yaml")),
        ];
        foreach (Func<bool> moment in moments)
        {
            using Process discovery = Discover();
            await Deadline.UntilAsync(() => moment() || discovery.HasExited);
            discovery.Kill();
            await discovery.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using Process last = Discover();
        await last.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, last.ExitCode);
        Assert.Equal(File.ReadAllText(_folder.In("whole", "metrics.csv")), File.ReadAllText(In("metrics.csv")));

        string In(params string[] parts) => _folder.In(["killed", .. parts]);
    }

    [Fact]
    public async Task RunAsync_FilesOfFinishedSkillsAreMissingOrDamaged_SaysWhatCannotBeMadeAgain()
    {
        DiscoverySettings settings = Learned with { StepsPerSkill = 512, Reward = Learned.Reward with { Updates = 5 } };
        await Run(settings, "run");
        string record = _folder.In("run", "skills", "001", "skill.json");
        string text = File.ReadAllText(record);

        File.Delete(record);
        await Refused($"'{record}' is missing, and later skills are there.");
        File.WriteAllText(record, text[..20]);
        await Refused($"'{record}' is damaged: ");
        File.WriteAllText(record, text);
        File.Delete(_folder.In("run", "skills", "000", "visits.state"));
        await Refused("visits.state' cannot be read: There is no file");

        async Task Refused(string expected)
        {
            InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() =>
                Run(settings with { Skills = 4 }, "run")
            );
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.Contains("begin a new discovery in another folder", error.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder.In("run", "skills", "003")));
        }
    }

    [Theory]
    [InlineData("tracks: [{ name: d }, { name: d, component: 1 }]", "two columns of metrics.csv would be called 'd'")]
    [InlineData("tracks: [{ name: cells }]", "two columns of metrics.csv would be called 'cells'")]
    [InlineData("view: ['99']", "samples.view")]
    [InlineData("copies: 4096, skill_steps: 1000000", "Lower samples.copies")]
    public async Task RunAsync_SamplesThatCannotBe_AreRefusedBeforeAnythingIsLearned(string samples, string expected)
    {
        SettingsException error = await Assert.ThrowsAnyAsync<SettingsException>(() =>
            Run(
                StrictYaml.Bind<DiscoverySettings>(
                    StrictYaml.Parse($"{{ environment: MountainCar-v0, skills: 1, samples: {{ {samples} }} }}", "test"),
                    "test"
                ),
                "run"
            )
        );

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("run", "skills")));
    }

    private Task<DiscoveryResult> Run(DiscoverySettings settings, string folder) =>
        SkillDiscovery.RunAsync(
            settings,
            new DiscoveryOptions { OutputFolder = _folder.In(folder) },
            TestContext.Current.CancellationToken
        );

    private Process Discover()
    {
        Process process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"),
                    "discover",
                    "--config",
                    _folder.In("discovery.yaml"),
                    "--out",
                    _folder.In("killed"),
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }
}
