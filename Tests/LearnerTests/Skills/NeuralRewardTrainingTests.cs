using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.Runs;
using Learners.Skills;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>Agents learn from a saved reward network, with a guide and without.</summary>
public sealed class NeuralRewardTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ppo")]
    [InlineData("a2c")]
    [InlineData("impala")]
    [InlineData("acktr")]
    public async Task TrainAsync_WithAGuide_ResumesBitForBit(string agent)
    {
        SaveReward();
        TrainingResult guide = await Train(
            Settings("a2c", "total_steps=512", "network.core=lstm", "network.core_size=8"),
            "guide"
        );
        TrainingSettings settings = Settings(
            agent,
            $"{agent}.auxiliary.neural_reward={{ path: {_folder.In("reward")}, paid_entropy_coefficient: 0.02, guide: {{ path: {guide.RunFolder}, longest: 30, share: 1 }} }}"
        );

        TrainingResult whole = await Train(settings, "whole");
        await Train(settings with { TotalSteps = settings.TotalSteps / 2 }, "half");
        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("half"),
            [$"total_steps={settings.TotalSteps}"],
            null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(whole.ParameterHash, resumed.ParameterHash);
        MetricsTable table = MetricsTable.Read(new RunFolder(whole.RunFolder).Metrics);
        Assert.All(table.Column("neural_reward/reward").Values, reward => Assert.InRange(reward, 0, 1));
        double[] guided = table.Column("neural_reward/guided_share").Values;
        Assert.All(guided, share => Assert.InRange(share, 0, 7.0 / 8)); // the first of eight copies is never guided
        Assert.True(guided.Average() > 0.2, $"{guided.Average()}");
    }

    [Fact]
    public async Task TrainAsync_RewardOfOneSide_IsLearned()
    {
        var settings = new RewardTrainingSettings { Updates = 500 };
        using var trainer = new RewardTrainer(
            settings,
            EnvironmentRegistry.Default.Find("MountainCar-v0").ObservationSpace,
            new SeedSequence(1)
        );
        var random = new Pcg64(1);
        float[] left = [.. Enumerable.Range(0, 100).SelectMany(i => (float[])[-1.2f + 0.006f * i, 0])];
        float[] right = [.. Enumerable.Range(0, 100).SelectMany(i => (float[])[-0.55f + 0.006f * i, 0])];
        trainer.Train(left, right, right, ref random);
        trainer.ToNetwork(1).Save(_folder.In("reward"));

        TrainingResult result = await Train(
            SettingsSources.Load(
                "MountainCar-v0",
                "ppo",
                null,
                [
                    "total_steps=30_000",
                    "evaluation.episodes=0",
                    "evaluation.final_episodes=2",
                    $"ppo.auxiliary.neural_reward.path={_folder.In("reward")}",
                ]
            ),
            "run"
        );

        double[] paid = MetricsTable.Read(new RunFolder(result.RunFolder).Metrics).Column("neural_reward/paid_share").Values;
        Assert.True(paid[^20..].Average() > 0.5 && paid[..5].Average() < 0.3, $"{paid[0]} to {paid[^1]}"); // it goes left and stays there
    }

    [Fact]
    public void Load_AGuideOfVmpo_SaysWhyNot()
    {
        SaveReward();
        string message = Assert
            .Throws<SettingsException>(() =>
                Settings("vmpo", $"vmpo.auxiliary.neural_reward={{ path: {_folder.In("reward")}, guide: {{ path: x }} }}")
            )
            .Message;
        Assert.Contains("vmpo ranks all steps", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("value")]
    public async Task WarmStart_AResetHead_BeginsAtNothingAndTheRestStays(string reset)
    {
        TrainingResult earlier = await Train(Settings("ppo", "network.initial_log_std=0"), "earlier");
        TrainingSettings settings = Settings("ppo", $"initial_policy={{ path: {earlier.RunFolder}, reset_heads: [{reset}] }}");

        using var before = SavedPolicy.Load(earlier.PolicyFolder);
        using var session = TrainingSession.Create(settings);
        using SavedPolicy after = session.ToPolicy();

        PolicyOutput old = Act(before);
        PolicyOutput now = Act(after);
        Assert.Equal(reset == "policy", now.Distributions.ToArray().All(logit => logit == 0));
        Assert.Equal(reset == "value", now.Values[0] == 0);
        if (reset == "policy")
        {
            Assert.Equal(old.Values[0], now.Values[0]);
        }
        else
        {
            Assert.Equal(old.Distributions.ToArray(), now.Distributions.ToArray());
        }
    }

    [Fact]
    public async Task WarmStart_AHeadThatIsNotThere_SaysWhichAre()
    {
        TrainingResult earlier = await Train(Settings("ppo"), "earlier");
        string message = Assert
            .Throws<SettingsException>(() =>
                TrainingSession.Create(Settings("ppo", $"initial_policy={{ path: {earlier.RunFolder}, reset_heads: [critic] }}"))
            )
            .Message;
        Assert.Contains("no head 'critic', only policy, value", message, StringComparison.Ordinal);
    }

    private static PolicyOutput Act(SavedPolicy policy)
    {
        PolicySession session = policy.CreateSession();
        session.Act([0.1f, -0.2f, 0.03f, 0.4f]);
        return session.Output;
    }

    private void SaveReward()
    {
        using var trainer = new RewardTrainer(
            new RewardTrainingSettings(),
            EnvironmentRegistry.Default.Find("CartPole-v1").ObservationSpace,
            new SeedSequence(1)
        );
        trainer.ToNetwork(1).Save(_folder.In("reward"));
    }

    private static TrainingSettings Settings(string agent, params string[] assignments) =>
        SettingsSources.Load(
            "CartPole-v1",
            agent,
            null,
            [
                "total_steps=4096",
                "evaluation.episodes=0",
                "evaluation.final_episodes=2",
                "checkpoints.every_steps=1024",
                $"{agent}.learning_rate_schedule=constant",
                .. agent == "ppo" ? (string[])["ppo.clip_range_schedule=constant"] : [],
                $"{agent}.copies=8",
                $"{agent}.unroll_length=16",
                .. assignments,
            ]
        );

    private Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}
