using System.Diagnostics;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Yaml;
using Learners.Skills;
using Tests.Waits;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>Discoveries that are killed, and folders of which something is missing or damaged.</summary>
public sealed class DiscoveryFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static DiscoverySettings Settings { get; } =
        new()
        {
            Environment = "GridWorld/OpenEndedMaze16-v0",
            Agent = "a2c",
            Skills = 3,
            StepsPerSkill = 20_480,
            Reward = new RewardTrainingSettings
            {
                Network = new NetworkSettings { Encoder = EncoderKind.Table, HiddenSizes = [] },
                Target = 0.05f,
                Updates = 100,
                BatchSize = 256,
                LearningRate = 3e-3f,
            },
            Samples = new SampleSettings
            {
                Copies = 32,
                SkillSteps = 100,
                ExplorationSteps = 25,
            },
            Settings = StrictYaml.Parse(
                "{ network: { encoder: table, hidden_sizes: [] }, environment_threads: 1, evaluation: { final_episodes: 2 }, checkpoints: { every_steps: 2048 }, a2c: { copies: 32, unroll_length: 8, optimizer: adam, learning_rate: 0.1 } }",
                "test"
            ),
        };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Discover_KilledThreeTimes_LosesNoSkillAndLearnsNoneTwice()
    {
        await Run(Settings, "whole");
        File.WriteAllText(_folder.In("discovery.yaml"), StrictYaml.Write(Settings));
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
        DiscoverySettings settings = Settings with { StepsPerSkill = 512, Reward = Settings.Reward with { Updates = 5 } };
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
