using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Tabular;
using Learners.Composition;
using Learners.Configuration;
using Learners.Skills;
using SkiaSharp;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>Discoveries from beginning to end.</summary>
public sealed class SkillDiscoveryTests : IDisposable
{
    private const string Maze = "GridWorld/OpenEndedMaze16-v0";

    private readonly TemporaryFolder _folder = new();

    private static DiscoverySettings Planned { get; } =
        new()
        {
            Environment = Maze,
            Trainer = SkillTrainerKind.Planned,
            Skills = 10,
            Reward = new RewardTrainingSettings
            {
                Network = new NetworkSettings { Encoder = EncoderKind.Table, HiddenSizes = [] },
                Target = 0.05f,
                Updates = 1_000,
                BatchSize = 256,
                LearningRate = 3e-3f,
                SharedMean = false,
            },
            Samples = new SampleSettings
            {
                Copies = 256,
                SkillSteps = 100,
                ExplorationSteps = 25,
            },
        };

    /// <summary>Three skills of a maze, learned in seconds.</summary>
    internal static DiscoverySettings Learned { get; } =
        new()
        {
            Environment = Maze,
            Agent = "a2c",
            Skills = 3,
            StepsPerSkill = 20_480,
            GuideSteps = 50,
            Reward = Planned.Reward with { Updates = 100 },
            Samples = Planned.Samples with { Copies = 32 },
            Settings = StrictYaml.Parse(
                "{ network: { encoder: table, hidden_sizes: [] }, evaluation: { final_episodes: 2 }, checkpoints: { every_steps: 2048 }, a2c: { copies: 32, unroll_length: 8, optimizer: adam, learning_rate: 0.1 } }",
                "test"
            ),
        };

    public void Dispose() => _folder.Dispose();

    /// <summary>The small experiment of the note: all 152 cells within ten skills, each of which ends deeper; without old negatives never above 120.</summary>
    [Fact]
    public async Task RunAsync_PlannedSkills_CoverTheMazeUnlessTheyForget()
    {
        DiscoveryResult full = await Run(Planned, "full");
        DiscoveryResult forgets = await Run(
            Planned with
            {
                Skills = 20,
                Reward = Planned.Reward with { OldNegatives = false },
            },
            "forgets"
        );

        Assert.Equal(152, full.Skills[^1].TotalCells);
        Assert.InRange(full.Skills[0].TotalCells, 45, 59);
        Assert.InRange(full.Skills[0].Depth, 4, 6);
        Assert.InRange(full.Skills[4].TotalCells, 95, 130);
        Assert.InRange(full.Skills[8].Depth, 52, 62);
        Assert.InRange(forgets.Skills[^1].TotalCells, 60, 120);
    }

    [Fact]
    public async Task RunAsync_StoppedAtEveryPlace_EndsWithTheSameSkills()
    {
        DiscoveryResult whole = await Run(Learned, "whole");
        for (int stops = 0; ; stops++)
        {
            // Each attempt is stopped some reports later than the one before.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var counter = new StopAfter(stop, 3 + 11 * stops);
            DiscoveryResult part = await SkillDiscovery.RunAsync(
                Learned,
                new DiscoveryOptions { OutputFolder = _folder.In("parts"), Progress = counter },
                stop.Token
            );
            if (!part.Interrupted)
            {
                Assert.True(stops > 2, $"it was stopped {stops} times");
                break;
            }
        }

        Assert.Equal(File.ReadAllText(_folder.In("whole/metrics.csv")), File.ReadAllText(_folder.In("parts/metrics.csv")));
        for (int skill = 0; skill < 3; skill++)
        {
            Assert.Equal(HashOf("whole", skill), HashOf("parts", skill));
        }
        TrainingSettings second = SettingsSources.Read(_folder.In("whole/skills/001/config.yaml"), [], AgentRegistry.Default);
        Assert.Equal(["policy"], second.InitialPolicy!.ResetHeads);
        Assert.Equal(0.1f, second.InitialPolicy.StatisticsShare);
        Assert.Equal(_folder.In("whole/skills/000"), second.InitialPolicy.Path);
        Assert.Null(SettingsSources.Read(_folder.In("whole/skills/000/config.yaml"), [], AgentRegistry.Default).InitialPolicy);
        Assert.Equal(3, whole.Skills.Count);
        Assert.Equal(3 * (20_480 + 32 * 125), whole.Skills[^1].EnvironmentSteps);
        Assert.Equal(3, whole.Skills.Select((_, skill) => HashOf("whole", skill)).Distinct().Count());
    }

    [Fact]
    public async Task RunAsync_MoreSkillsLater_GoesOnFromTheLast()
    {
        await Run(Planned with { Skills = 3 }, "whole");
        await Run(Planned with { Skills = 2 }, "more");
        await Run(Planned with { Skills = 3 }, "more");

        Assert.Equal(File.ReadAllText(_folder.In("whole/metrics.csv")), File.ReadAllText(_folder.In("more/metrics.csv")));
        string message = (
            await Assert.ThrowsAsync<SettingsException>(() => Run(Planned with { Skills = 3, Temperature = 0.1f }, "more"))
        ).Message;
        Assert.Contains("and is now 0.1", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MountainCar-v0")]
    public async Task RunAsync_ATrackSaysWhatIsFar_CountsTheSkillsThatWentThere(string environment)
    {
        DiscoverySettings settings = new()
        {
            Environment = environment,
            Skills = 2,
            StepsPerSkill = 2_048,
            Reward = new RewardTrainingSettings { Updates = 10 },
            Samples = new SampleSettings
            {
                Copies = 4,
                SkillSteps = 20,
                ExplorationSteps = 5,
                Tracks =
                [
                    new TrackSettings
                    {
                        Name = "left",
                        Component = 0,
                        Factor = 1,
                        Far = 5,
                    }, // positions near -0.5, 20 times
                    new TrackSettings { Name = "speed", Component = 1 },
                ],
            },
        };
        DiscoveryResult far = await Run(settings, "far");
        settings = settings with { Samples = settings.Samples with { Tracks = [settings.Samples.Tracks[0] with { Far = 100 }] } };
        DiscoveryResult near = await Run(settings, "near");
        DiscoveryResult none = await Run(
            settings with
            {
                Samples = settings.Samples with { Tracks = [settings.Samples.Tracks[0] with { Far = null }] },
            },
            "none"
        );

        Assert.All(far.Skills, skill => Assert.InRange(skill.Tracks["left"], -24, -5));
        Assert.Equal((2, 0, null), (far.FarSkills, near.FarSkills, none.FarSkills));
        Assert.Contains("\"far_skills\": 2", File.ReadAllText(_folder.In("far/summary.json")), StringComparison.Ordinal);
    }

    /// <summary>The table that is saved is the softmax of the exact soft values.</summary>
    [Fact]
    public async Task RunAsync_APlannedSkill_IsTheBestSoftPolicyOfItsReward()
    {
        await Run(Planned with { Skills = 2 }, "run");
        var model = (TabularModel)EnvironmentRegistry.Default.Find(Maze).Model!;
        using var policy = SavedPolicy.Load(_folder.In("run/skills/001/policy"));
        using var network = Learners.Auxiliary.RewardNetwork.Load(_folder.In("run/rewards/001"), policy.ActingNetwork.Spec);
        float[] states = [.. Enumerable.Range(0, model.StateCount).Select(state => (float)state)];
        float[] pays = network.Evaluate(states, states.Length).ToArray();
        double[] expected = TabularPlanner
            .Optimize(model.WithRewards((_, _, next) => Math.Clamp(pays[next], 0, 0.05f)), 0.99, temperature: 0.02)
            .Policy(0.02);

        PolicySession session = policy.CreateSession(states.Length);
        session.Act(states);

        float[] logits = session.Output.Distributions.ToArray();
        for (int i = 0; i < logits.Length; i += 5)
        {
            double sum = logits.AsSpan(i, 5).ToArray().Sum(logit => Math.Exp(logit - logits[i]));
            Assert.Equal(expected[i], 1 / sum, 1e-3);
        }
        Assert.True(pays.Max() > 0.02);
    }

    [Fact]
    public async Task Evaluate_ASkill_SaysWhatItReachesAndWhoItIs()
    {
        await Run(Planned with { Skills = 4 }, "run");

        SkillEvaluation first = SkillEvaluator.Evaluate(_folder.In("run/skills/000"), seed: 5);
        SkillEvaluation last = SkillEvaluator.Evaluate(_folder.In("run/skills/003"), seed: 5);

        Assert.Equal(4, last.Skills);
        Assert.InRange(last.Novelty, 0.01, 0.5);
        Assert.True(first.Novelty < last.Novelty, $"{first.Novelty}");
        Assert.True(last.AccuracyAtEnd > 0.6 && first.AccuracyAtEnd > 0.6, $"{first.AccuracyAtEnd} {last.AccuracyAtEnd}");
        Assert.True(last.Cells > first.Cells && last.NetworkReward > 0);
        Assert.Contains(
            "is no skill of a discovery",
            Assert.Throws<SettingsException>(() => SkillEvaluator.Evaluate(_folder.In("run"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Write_ASheet_HasARowForEachSkill()
    {
        await Run(Planned with { Skills = 3 }, "run");

        int rows = SkillSheet.Write(_folder.In("run"), _folder.In("sheet.png"), columns: 4);

        Assert.Equal(3, rows);
        using SKBitmap sheet = SKBitmap.Decode(_folder.In("sheet.png"));
        Assert.Equal((4 * 124 + 4, 3 * (120 + 18 + 4) + 4), (sheet.Width, sheet.Height));
        // Pictures of a row differ, since the walker has moved, and so do last pictures of different skills.
        Assert.NotEqual(Picture(sheet, 0, 2), Picture(sheet, 3, 2));
        Assert.NotEqual(Picture(sheet, 3, 0), Picture(sheet, 3, 2));
        Assert.Equal(Picture(sheet, 0, 0), Picture(sheet, 0, 2));
    }

    [Theory]
    [InlineData("a pendulum has no exact dynamics", "Pendulum-v1", "does not show the states of exact dynamics")]
    public async Task RunAsync_PlannedWithoutDynamics_SaysSo(string because, string environment, string expected)
    {
        string message = (
            await Assert.ThrowsAsync<SettingsException>(() => Run(Planned with { Environment = environment }, "run"))
        ).Message;
        Assert.True(message.Contains(expected, StringComparison.Ordinal), because + message);
    }

    private static uint[] Picture(SKBitmap sheet, int column, int row)
    {
        var pixels = new List<uint>();
        for (int y = 0; y < 120; y++)
        {
            for (int x = 0; x < 120; x++)
            {
                pixels.Add((uint)sheet.GetPixel(4 + column * 124 + x, 4 + row * 142 + 18 + y));
            }
        }
        return [.. pixels];
    }

    private string HashOf(string run, int skill)
    {
        using var policy = SavedPolicy.Load(_folder.In($"{run}/skills/00{skill}/policy"));
        return policy.ParameterHash;
    }

    private Task<DiscoveryResult> Run(DiscoverySettings settings, string name) =>
        SkillDiscovery.RunAsync(
            settings,
            new DiscoveryOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );

    private sealed class StopAfter(CancellationTokenSource stop, int reports) : IProgress<DiscoveryProgress>
    {
        private int _left = reports;

        public void Report(DiscoveryProgress value)
        {
            if (--_left == 0)
            {
                stop.Cancel();
            }
        }
    }
}
