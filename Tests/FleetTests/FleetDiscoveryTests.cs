using Actors.Fleet;
using Agents.Yaml;
using Fleet;
using Fleet.Hosting;
using Learners.Runs;
using Learners.Skills;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests;

/// <summary>Skills of which each is learned from the unrolls of the same actor.</summary>
public sealed class FleetDiscoveryTests : IDisposable
{
    private const int Steps = 2_048;

    private readonly TemporaryFolder _folder = new();

    private static DiscoverySettings Settings { get; } =
        new()
        {
            Environment = "GridWorld/OpenEndedMaze16-v0",
            Agent = "impala",
            Skills = 3,
            StepsPerSkill = Steps,
            Reward = new RewardTrainingSettings { Updates = 20 },
            Samples = new SampleSettings
            {
                Copies = 8,
                SkillSteps = 20,
                ExplorationSteps = 5,
            },
            Settings = StrictYaml.Parse("{ impala: { copies: 4, unroll_length: 8 }, evaluation: { final_episodes: 1 } }", "test"),
        };

    private string Address => "unix:" + _folder.In("s");

    public void Dispose() => _folder.Dispose();

    /// <summary>Stopped in the middle of the second skill and begun again, while the actor waits; it ends after the last one alone.</summary>
    [Fact]
    public async Task RunAsync_InAFleet_OneActorStaysForAllSkills()
    {
        using var limit = Deadline.Source();
        var log = new List<string>();
        Task<ActorResult> acting = ActorRunner.RunAsync(
            new ActorOptions
            {
                Learner = Address,
                Id = "actor",
                StepTimeout = Deadline.Patience,
                Log = log.Add,
            },
            limit.Token
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var stopper = new StopIn(stop, skill: 1);

        DiscoveryResult part = await RunAsync(Settings, stopper, stop.Token);
        bool wasEnded = acting.IsCompleted;
        DiscoveryResult whole = await RunAsync(Settings, null, limit.Token);
        ActorResult actor = await acting;

        Assert.Equal((true, 1, false), (part.Interrupted, part.Skills.Count, wasEnded));
        Assert.Equal((false, 3), (whole.Interrupted, whole.Skills.Count));
        Assert.True(actor.RunCompleted);
        Assert.Equal(2, log.Count(line => line.Contains("The learner now trains run 00", StringComparison.Ordinal)));
        Assert.True(actor.EnvironmentSteps >= 3 * Steps, $"{actor.EnvironmentSteps} steps were acknowledged");
        foreach (int skill in Enumerable.Range(0, 3))
        {
            string summary = File.ReadAllText(new RunFolder(_folder.In($"run/skills/00{skill}")).Summary);
            Assert.Contains("\"interrupted\": false", summary, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunAsync_WhatAFleetCannotDo_IsRefusedBeforeAnythingIsLearned()
    {
        var guided = await Assert.ThrowsAsync<SettingsException>(() => RunAsync(Settings with { GuideSteps = 5 }, null, default));
        var planned = await Assert.ThrowsAsync<SettingsException>(() =>
            RunAsync(
                new()
                {
                    Environment = Settings.Environment,
                    Trainer = SkillTrainerKind.Planned,
                    Skills = 2,
                },
                null,
                default
            )
        );
        var unfixed = Assert.Throws<ArgumentException>(() =>
            new FleetSkillRuns(new FleetOptions { Listen = "http://127.0.0.1:0" })
        );

        Assert.Contains("guide", guided.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("run/skills/000")));
        Assert.Contains("planned skills have no runs", planned.Message, StringComparison.Ordinal);
        Assert.Contains("leaves the port to the system", unfixed.Message, StringComparison.Ordinal);
    }

    private Task<DiscoveryResult> RunAsync(
        DiscoverySettings settings,
        IProgress<DiscoveryProgress>? progress,
        CancellationToken cancellationToken
    ) =>
        SkillDiscovery.RunAsync(
            settings,
            new DiscoveryOptions
            {
                OutputFolder = _folder.In("run"),
                Progress = progress,
                Runs = new FleetSkillRuns(new FleetOptions { Listen = Address, ShutdownTimeout = Deadline.Patience }),
            },
            cancellationToken
        );

    // Stops in the middle of a skill's run.
    private sealed class StopIn(CancellationTokenSource stop, int skill) : IProgress<DiscoveryProgress>
    {
        public void Report(DiscoveryProgress value)
        {
            if (value.Skill == skill && value.Run is { EnvironmentSteps: > Steps / 4 })
            {
                stop.Cancel();
            }
        }
    }
}
