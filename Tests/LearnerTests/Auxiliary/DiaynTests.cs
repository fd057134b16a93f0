using Agents.Networks;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.A2c;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.Ppo;
using Learners.Runs;
using Learners.Stages;
using Learners.Training;
using Protos;
using Tests.LearnerTests.Composition;
using Xunit;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>Rewards of skills in closed form, and that skills come apart where nothing else is paid.</summary>
public sealed class DiaynTests : IDisposable
{
    private const int Steps = 8;
    private const int Copies = 4;
    private const int Skills = 4;
    private const int Cells = 6;

    private static readonly NetworkSpec Network = new(
        new Dict(new("observation", new Discrete(Cells)), new("skill", new Discrete(Skills))),
        new Discrete(2),
        new NetworkSettings()
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_DiscriminatorThatKnowsNothing_PaysNothing()
    {
        using DiaynStage stage = Stage();
        Say(stage, 0.25, 0.25, 0.25, 0.25);

        Assert.All(Rewards(stage, Draw(), out _), reward => Assert.Equal(0, reward, 1e-6));
    }

    [Fact]
    public void Prepare_SeventyPercentSure_PaysLogOfTwoPointEight()
    {
        using DiaynStage stage = Stage();
        Say(stage, 0.7, 0.1, 0.1, 0.1);
        Unroll unroll = Draw();

        float[] rewards = Rewards(stage, unroll, out _);

        for (int row = 0; row < rewards.Length; row++)
        {
            Assert.Equal(SkillOf(row) == 0 ? 1.02962 : Math.Log(0.4), rewards[row], 1e-5);
        }
    }

    [Theory]
    [InlineData(0, 1.386294)] // log K, the most
    [InlineData(1, -3)]
    public void RewardOf_PerfectOrQuiteWrong_IsLogKOrTheLowest(int skill, float expected) =>
        Assert.Equal(expected, DiaynStage.RewardOf([0, -80, -80, -80], skill, lowest: -3), 1e-6);

    [Fact]
    public void Learn_CellsThatTellSkills_PaysAlmostLogKAndNeverMore()
    {
        using DiaynStage stage = Stage();
        var metrics = new MetricAverages();
        float[] rewards = [];
        for (int i = 0; i < 100; i++)
        {
            rewards = Rewards(stage, Draw(), out UnrollEvaluator evaluator, metrics);
            Assert.True(rewards.Average() <= Math.Log(Skills) + 1e-6);
            stage.Learn(evaluator, 0, metrics);
        }

        Assert.True(rewards.Average() > 0.95 * Math.Log(Skills), $"{rewards.Average()} is paid");
    }

    /// <summary>The skill is in what the agent reads, and knowing it there would make every reward log K.</summary>
    [Fact]
    public void Learn_CellsThatTellNothing_PaysNothing()
    {
        using DiaynStage stage = Stage();
        var random = new Pcg64(3);
        var metrics = new MetricAverages();
        double sum = 0;
        for (int i = 0; i < 200; i++)
        {
            float[] rewards = Rewards(stage, Draw(_ => random.NextInt(0, Cells)), out UnrollEvaluator evaluator, metrics);
            sum += i < 100 ? 0 : rewards.Average() / 100;
            stage.Learn(evaluator, 0, metrics);
        }

        Assert.InRange(sum, -0.5, 0.02);
    }

    /// <summary>A step is paid for what it led to, one that ends an episode for what that closed with, by the skill it had, and not for where the next one begins.</summary>
    [Fact]
    public void Prepare_EpisodeThatEnds_IsPaidForItsFinalObservationAndOthersForTheNext()
    {
        using DiaynStage stage = Stage();
        for (int i = 0; i < 100; i++)
        {
            Rewards(stage, Draw(), out UnrollEvaluator evaluator);
            stage.Learn(evaluator, 0, new MetricAverages());
        }
        Unroll unroll = Draw();
        Write(unroll, 0, [4, 0, 4, 1, 4, 2, 4, 3]); // a cell that tells nothing, which no step leads to
        // In copy 1 an episode of skill 1 ends in step 3; cells tell that the next has skill 2, where its final one tells 1.
        for (int t = 4; t <= Steps; t++)
        {
            Write(unroll, t, [0, 0, 2, 2, 2, 2, 3, 3]);
        }
        int row = 3 * Copies + 1;
        unroll.Truncated[row] = true;
        unroll.EpisodeStarts[row + Copies] = true;
        unroll.AddFinalObservation(row, [1, 1]);
        var metrics = new MetricAverages();

        float[] rewards = Rewards(stage, unroll, out _, metrics);

        Assert.All(rewards, reward => Assert.True(reward > 1.2, $"a step is paid {reward}"));
        Assert.Equal(1, Of(metrics, "diayn/last_accuracy"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    public void Prepare_TaskWeight_KeepsThatShareOfTheTaskAndWhatOthersPay(float weight)
    {
        using DiaynStage stage = Stage(new DiaynSettings { TaskWeight = weight });
        Say(stage, 0.25, 0.25, 0.25, 0.25);
        Unroll unroll = Draw();
        for (int row = 0; row < Steps * Copies; row++)
        {
            unroll.Rewards[row] = row;
        }

        float[] rewards = Rewards(stage, unroll, out _, others: 100);

        for (int row = 0; row < rewards.Length; row++)
        {
            Assert.Equal(weight * row + 100, rewards[row], 1e-4);
        }
    }

    [Fact]
    public void LoadState_AfterSomeUnrolls_PaysAndLearnsTheSame()
    {
        using DiaynStage first = Stage();
        using DiaynStage second = Stage();
        Rewards(first, Draw(), out UnrollEvaluator evaluator);
        first.Learn(evaluator, 0, new MetricAverages());
        var state = new StateDictionary();
        first.SaveState(state);
        second.LoadState(state);
        for (int i = 0; i < 3; i++)
        {
            float[] expected = Rewards(first, Draw(), out UnrollEvaluator one);
            Assert.Equal(expected, Rewards(second, Draw(), out UnrollEvaluator other));
            first.Learn(one, 0, new MetricAverages());
            second.Learn(other, 0, new MetricAverages());
        }
    }

    [Theory]
    [InlineData("diayn tells skills apart, and wrappers.skills is 0. Set wrappers.skills to 2 or more.")]
    [InlineData("and wrappers.skills is 1", "wrappers.skills=1")]
    [InlineData("wrappers.skills is 2000, but must be between 0 and 1000", "wrappers.skills=2000")]
    [InlineData("ppo.auxiliary.diayn.lowest_reward is 1", "wrappers.skills=2", "ppo.auxiliary.diayn.lowest_reward=1")]
    public void Load_SettingsThatCannotBe_SaySo(string expected, params string[] assignments) =>
        Assert.Contains(
            expected,
            Assert
                .Throws<SettingsException>(() =>
                    SettingsSources.Load("CartPole-v1", "ppo", null, ["ppo.auxiliary.diayn.epochs=1", .. assignments])
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("MinAtar/Breakout-v1", true)]
    [InlineData("CartPole-v1", false, "ppo.auxiliary.diayn.view=['0-1']")]
    public async Task TrainAsync_APictureOrAView_TrainsWithIt(string environment, bool whole, params string[] assignments)
    {
        TrainingSettings settings = SettingsSources.Load(
            environment,
            "ppo",
            null,
            [
                "total_steps=256",
                "ppo.copies=4",
                "ppo.unroll_length=16",
                "wrappers.skills=3",
                "wrappers.previous_action_reward=true",
                "ppo.auxiliary.diayn.task_weight=1",
                "evaluation.episodes=0",
                "evaluation.final_episodes=1",
                .. assignments,
            ]
        );

        TrainingResult result = await Train(settings);

        Assert.Equal(whole, settings.Of<PpoSettings>().Auxiliary.OfType<DiaynSettings>().Single().View is null);
        Assert.NotEmpty(MetricsTable.Read(new RunFolder(result.RunFolder).Metrics).Column("diayn/reward").Values);
    }

    [Fact]
    public async Task TrainAsync_StackedFrames_SaysThatSkillsDoNotGoWithThem()
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "ppo",
            null,
            ["wrappers.skills=2", "wrappers.frame_stack=2", "total_steps=256"]
        );

        SettingsException refused = await Assert.ThrowsAsync<SettingsException>(() => Train(settings));

        Assert.StartsWith("wrappers: skills is 2 and frame_stack is 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_AViewOfWhatIsNotThere_SaysWhoseItIs()
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "ppo",
            null,
            ["wrappers.skills=2", "total_steps=256", "ppo.auxiliary.diayn.view=['7']"]
        );

        SettingsException refused = await Assert.ThrowsAsync<SettingsException>(() => Train(settings));

        Assert.StartsWith("diayn: of its discriminator, network.view: '7'", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Mean rewards of seeds 11 to 15 were 1.33 to 1.37 of at most 1.386.</summary>
    [Fact]
    public async Task TrainAsync_OpenGrid_LearnsFourSkillsThatCanBeToldApart()
    {
        TrainingSettings settings = SettingsSources.Load(
            "GridWorld/OpenGrid-v0",
            "ppo",
            null,
            [
                "seed=16",
                "total_steps=100_000",
                "wrappers.skills=4",
                "network.encoder=table",
                "ppo.copies=16",
                "ppo.learning_rate=0.03",
                "ppo.auxiliary.diayn.epochs=4",
                "evaluation.episodes=0",
                "evaluation.final_episodes=1",
            ]
        );

        TrainingResult result = await Train(settings);

        MetricsTable table = MetricsTable.Read(new RunFolder(result.RunFolder).Metrics);
        double[] rewards = table.Column("diayn/reward").Values;
        Assert.InRange(rewards[0], -0.2, 0.2);
        Assert.InRange(rewards[^5..].Average(), 0.9 * Math.Log(4), Math.Log(4));
        Assert.True(table.Column("diayn/last_accuracy").Values[^5..].Average() > 0.95);
    }

    private Task<TrainingResult> Train(TrainingSettings settings) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run") },
            TestContext.Current.CancellationToken
        );

    private static double Of(MetricAverages metrics, string tag)
    {
        var means = new List<Metric>();
        metrics.Drain(means);
        return means.Single(metric => metric.Tag == tag).Value;
    }

    // Makes the discriminator say the same of every observation.
    private static void Say(DiaynStage stage, params double[] probabilities)
    {
        var state = new StateDictionary();
        stage.SaveState(state);
        float[] parameters = state.Scope("discriminator").GetArray<float>("parameters");
        Array.Clear(parameters);
        for (int i = 0; i < Skills; i++)
        {
            parameters[^(Skills - i)] = (float)Math.Log(probabilities[i]); // the bias of the head comes last
        }
        state.Scope("discriminator").Set<float>("parameters", parameters);
        stage.LoadState(state);
    }

    private static float[] Rewards(
        DiaynStage stage,
        Unroll unroll,
        out UnrollEvaluator evaluator,
        MetricAverages? metrics = null,
        float others = 0
    )
    {
        using var network = new ProgramNetwork(Network);
        evaluator = new UnrollEvaluator(network, [stage]);
        evaluator.Load(unroll);
        for (int row = 0; row < Steps * Copies; row++)
        {
            evaluator.Batch[Column.Rewards][row] += others;
        }
        stage.Prepare(evaluator, metrics ?? new MetricAverages());
        return evaluator.Batch[Column.Rewards][..(Steps * Copies)];
    }

    private static int SkillOf(int row) => row % Copies;

    // Copy b has skill b, and stands in cell b unless told otherwise.
    private static Unroll Draw(Func<int, int>? cellOf = null)
    {
        var unroll = new Unroll(new UnrollShape(Steps, Copies, new ObservationFormat(2), 1, 0));
        for (int t = 0; t <= Steps; t++)
        {
            var rows = new float[Copies * 2];
            for (int b = 0; b < Copies; b++)
            {
                rows[b * 2] = cellOf?.Invoke(b) ?? b;
                rows[b * 2 + 1] = SkillOf(b);
            }
            Write(unroll, t, rows);
        }
        return unroll;
    }

    private static void Write(Unroll unroll, int t, float[] rows) => unroll.Observations.Write(t, rows);

    private static DiaynStage Stage(DiaynSettings? settings = null)
    {
        var context = new LearnerContext
        {
            Settings = new TrainingSettings
            {
                Agent = new A2cSettings { Copies = Copies, UnrollLength = Steps },
            },
            Network = Network,
            Seed = new SeedSequence(1),
            Experience = new NoExperience(),
        };
        settings = (settings ?? new DiaynSettings()) with { LearningRate = 3e-3f };
        return new DiaynStage(settings, new AuxiliaryContext(context, new SeedSequence(7)));
    }
}
