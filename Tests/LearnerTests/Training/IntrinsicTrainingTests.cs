using Learners.ActorCritic;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.Runs;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>Intrinsic rewards with values of their own train beside every actor-critic, and go on where they were.</summary>
public sealed class IntrinsicTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Runs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (Agent agent in AgentRegistry.Default.Agents.Where(agent => agent.Defaults is ActorCriticSettings))
            {
                data.Add(agent.Name, "MiniGrid/DoorKey-5x5-v0");
                data.Add(agent.Name, "CartPole-v1 network.core=lstm network.core_size=8");
            }
            data.Add("vmpo", "CartPole-v1 vmpo.pop_art=true");
            data.Add("impala", "CartPole-v1 impala.policy_lag=1 impala.clip_range=0.2");
            data.Add("ppo", "Pendulum-v1 ppo.auxiliary.count_bonus.key=rounded");
            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task TrainAsync_TwoWithValuesOfTheirOwn_LearnAndResumeBitForBit(string agent, string run)
    {
        string[] parts = run.Split(' ');
        TrainingSettings settings = SettingsSources.Load(
            parts[0],
            agent,
            null,
            [
                "total_steps=4096",
                "evaluation.episodes=0",
                "evaluation.final_episodes=1",
                "checkpoints.every_steps=1024",
                $"{agent}.learning_rate_schedule=constant",
                .. agent == "ppo" ? (string[])["ppo.clip_range_schedule=constant"] : [],
                $"{agent}.copies=8",
                $"{agent}.unroll_length=16",
                $"{agent}.auxiliary.random_network_distillation={{ features: 8, hidden_size: 16 }}",
                $"{agent}.auxiliary.count_bonus={{ max_keys: 150 }}",
                .. parts[1..],
            ]
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
        MetricsTable table = MetricsTable.Read(new RunFolder(_folder.In("whole")).Metrics);
        foreach (string part in (string[])["random_network_distillation", "count_bonus"])
        {
            double[] losses = [.. table.Column($"losses/{part}_value_loss").Values];
            Assert.All(losses, loss => Assert.InRange(loss, 1e-9, 1000));
        }
        double[] keys = [.. table.Column("count_bonus/keys").Values];
        Assert.True(keys[^1] > keys[0] || keys[^1] == 150, $"from {keys[0]} to {keys[^1]} keys");
        Assert.All(table.Column("rnd/bonus").Values, bonus => Assert.InRange(bonus, 1e-6, 10));
        Assert.All(table.Column("count_bonus/bonus").Values, bonus => Assert.InRange(bonus, 1e-6, 10));
    }

    /// <summary>V-MPO needs advantages to choose the better half by; bonuses of their own are some, and those among rewards are multiplied by 0.</summary>
    [Theory]
    [InlineData("{}", true)]
    [InlineData("{ weight: 0 }", false)]
    [InlineData("{ non_episodic: false }", false)]
    public void Load_ImitationWithoutRewards_GoesWithBonusesOfTheirOwn(string bonus, bool goes)
    {
        string[] assignments =
        [
            "vmpo.auxiliary.distillation={ teacher: uniform, method: on_policy, reward_weight: 0 }",
            $"vmpo.auxiliary.count_bonus={bonus}",
        ];

        Exception? exception = Record.Exception(() => SettingsSources.Load("CartPole-v1", "vmpo", null, assignments));

        Assert.Equal(goes, exception is null);
        Assert.Contains("no half is better", exception?.Message ?? "no half is better", StringComparison.Ordinal);
    }

    private Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}
