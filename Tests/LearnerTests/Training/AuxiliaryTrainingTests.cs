using Agents.Networks;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.ActorCritic;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.Ppo;
using Learners.References;
using Learners.Runs;
using Learners.Skills;
using Learners.Stages;
using Learners.Training;
using Tests.LearnerTests.Composition;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>What stands beside an agent's own losses trains with every actor-critic, and goes on where it was.</summary>
public sealed class AuxiliaryTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Agents =>
        [.. AgentRegistry.Default.Agents.Where(agent => agent.Defaults is ActorCriticSettings).Select(agent => agent.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task TrainAsync_EveryPartAtOnce_LearnsAndResumesBitForBit(string agent)
    {
        TrainingSettings settings = SettingsSources.Load(
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
                $"{agent}.auxiliary.reward_prediction.weight=0.5",
                $"{agent}.auxiliary.random_network_distillation={{ weight: 0.01, non_episodic: false }}",
                $"{agent}.auxiliary.count_bonus={{ weight: 0.01, non_episodic: false }}",
                $"{agent}.optimizer_wrappers.lookahead.steps=3",
                .. agent == "acktr" ? (string[])[] : [$"{agent}.parameter_maps.power.exponent=1.5"],
            ]
        );

        await RequireResumedEqualsWhole(settings);

        MetricsTable table = MetricsTable.Read(new RunFolder(_folder.In("whole")).Metrics);
        double[] losses = [.. table.Column("losses/reward_prediction_loss").Values];
        Assert.True(losses[^1] < 0.2 * losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
    }

    /// <summary>Unrolls of 16 steps end in the middle of intervals of 5, and a run of 2,048 steps, too.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public async Task TrainAsync_PerceptionPredictionReaction_ResumesBitForBitInTheMiddleOfAnInterval(string agent)
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPoleNoVel-v1",
            agent,
            null,
            [
                "total_steps=2048",
                "evaluation.episodes=0",
                "evaluation.final_episodes=2",
                "checkpoints.every_steps=1024",
                "network.core=ppr",
                "network.core_size=8",
                "network.shared_trunk=true",
                "network.ppr.period=5",
                $"{agent}.learning_rate_schedule=constant",
                .. agent == "ppo" ? (string[])["ppo.clip_range_schedule=constant"] : [],
                $"{agent}.copies=8",
                $"{agent}.unroll_length=16",
                $"{agent}.auxiliary.ppr.weight=0.1",
            ]
        );

        await RequireResumedEqualsWhole(settings);

        MetricsTable table = MetricsTable.Read(new RunFolder(_folder.In("whole")).Metrics);
        Assert.All(
            (string[])["ppr_reaction_perception", "ppr_reaction_prediction", "ppr_perception_prediction"],
            pair => Assert.All(table.Column($"losses/{pair}").Values, loss => Assert.InRange(loss, 1e-9, 1))
        );
    }

    /// <summary>Skills of episodes that are under way, the discriminator and the order of its samples go on where they were.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public async Task TrainAsync_Diayn_TellsSkillsApartAndResumesBitForBit(string agent)
    {
        TrainingSettings settings = SettingsSources.Load(
            "GridWorld/OpenGrid-v0",
            agent,
            null,
            [
                "total_steps=4096",
                "evaluation.episodes=0",
                "evaluation.final_episodes=2",
                "checkpoints.every_steps=1024",
                "wrappers.skills=3",
                $"{agent}.learning_rate_schedule=constant",
                .. agent == "ppo" ? (string[])["ppo.clip_range_schedule=constant"] : [],
                $"{agent}.copies=8",
                $"{agent}.unroll_length=20", // episodes have 16 steps
                $"{agent}.auxiliary.diayn.batch_size=48",
                $"{agent}.auxiliary.random_network_distillation.weight=0.01",
            ]
        );

        await RequireResumedEqualsWhole(settings);

        MetricsTable table = MetricsTable.Read(new RunFolder(_folder.In("whole")).Metrics);
        Assert.All(table.Column("diayn/reward").Values, reward => Assert.InRange(reward, -5, Math.Log(3)));
        Assert.All(table.Column("diayn/accuracy").Values, share => Assert.InRange(share, 0, 1));
        Assert.NotEmpty(table.Column("diayn/last_accuracy").Values);
        Assert.All(table.Column("diayn/loss").Values, loss => Assert.InRange(loss, 1e-6, 2));
    }

    /// <summary>Running estimates of cosines go on where they were, and the head learns whatever the gates say.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public async Task TrainAsync_GradientSimilarity_LearnsAndResumesBitForBit(string agent)
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            agent,
            null,
            [
                "total_steps=4096",
                "evaluation.episodes=0",
                "evaluation.final_episodes=2",
                "checkpoints.every_steps=1024",
                "network.shared_trunk=true",
                $"{agent}.learning_rate_schedule=constant",
                .. agent == "ppo" ? (string[])["ppo.clip_range_schedule=constant"] : [],
                $"{agent}.copies=8",
                $"{agent}.unroll_length=16",
                $"{agent}.auxiliary.reward_prediction.weight=0.5",
                $"{agent}.gradient_similarity={{ rule: weighted, blocks: layer, averaging: 0.9 }}",
            ]
        );

        await RequireResumedEqualsWhole(settings);

        MetricsTable table = MetricsTable.Read(new RunFolder(_folder.In("whole")).Metrics);
        double[] losses = table.Column("losses/reward_prediction_loss").Values;
        Assert.True(losses[^1] < 0.2 * losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
        double[] cosines = table.Column("similarity/reward_prediction_loss").Values;
        Assert.All(cosines, cosine => Assert.InRange(cosine, -1, 1));
        Assert.True(cosines.Distinct().Count() > 5);
        Assert.All(table.Column("similarity/reward_prediction_loss_open").Values, share => Assert.InRange(share, 0, 1));
    }

    [Theory]
    [InlineData("ppo.gradient_similarity.rule: there is nothing to gate", "ppo.gradient_similarity.rule=weighted")]
    [InlineData(
        "there is nothing to gate",
        "ppo.gradient_similarity.rule=unweighted",
        "ppo.auxiliary.random_network_distillation.non_episodic=false"
    )]
    [InlineData("rule is none. Choose a rule", "ppo.gradient_similarity.averaging=0.9")]
    [InlineData("must be between 0 and", "ppo.gradient_similarity={ rule: weighted, averaging: 1 }")]
    [InlineData("weighted", "ppo.gradient_similarity.rule=wieghted")]
    public void Load_GradientSimilarityThatCannotBe_SaysSo(string expected, params string[] assignments) =>
        Assert.Contains(
            expected,
            Assert.Throws<SettingsException>(() => SettingsSources.Load("CartPole-v1", "ppo", null, assignments)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void AddsLoss_EveryPart_IsWhetherItGivesObjectives()
    {
        EnvironmentSpec environment = EnvironmentRegistry.Default.Find("GridWorld/RandomGrid-v0");
        foreach (AuxiliarySettings listed in AuxiliaryTable.All.Parts.Cast<AuxiliarySettings>())
        {
            AuxiliarySettings part = listed switch
            {
                DistillationSettings distillation => distillation with { Teacher = new UniformReferenceSettings() },
                NeuralRewardSettings reward => reward with { Path = SaveReward(environment.ObservationSpace) },
                _ => listed,
            };
            var context = new LearnerContext
            {
                Settings = new TrainingSettings { Agent = new PpoSettings(), Environment = environment.Id },
                FindTask = _ => environment,
                Network = new NetworkSpec(
                    part is DiaynSettings ? SkillSpace.Around(environment.ObservationSpace, 2) : environment.ObservationSpace,
                    environment.ActionSpace,
                    new NetworkSettings()
                ),
                Seed = new SeedSequence(1),
                Experience = new NoExperience(),
            };
            AuxiliaryParts made = part.Create(new AuxiliaryContext(context, new SeedSequence(2)));
            Assert.Equal(part.AddsLoss, made.Objectives.Count > 0);
            foreach (IBatchStage stage in made.Stages)
            {
                stage.Dispose();
            }
        }
    }

    /// <summary>A teacher with a memory of its own and other statistics, and a default policy with a memory, which sees less.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public async Task TrainAsync_TeacherAndDefaultPolicy_LearnsAndResumesBitForBit(string agent)
    {
        TrainingResult teacher = await Train(
            SettingsSources.Load(
                "CartPole-v1",
                "a2c",
                null,
                [
                    "total_steps=2048",
                    "evaluation.episodes=0",
                    "evaluation.final_episodes=2",
                    "network.core=lstm",
                    "network.core_size=8",
                    "wrappers.normalize_observations=true",
                ]
            ),
            "teacher"
        );
        TrainingSettings settings = SettingsSources.Load(
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
                $"{agent}.auxiliary.distillation.saved.path={teacher.RunFolder}",
                $"{agent}.auxiliary.distillation.weight=10",
                $"{agent}.auxiliary.default_policy.learned.network.core=gru",
                $"{agent}.auxiliary.default_policy.learned.network.core_size=8",
                $"{agent}.auxiliary.default_policy.learned.network.view=[0,2]",
                $"{agent}.auxiliary.default_policy.learned.target_period=3",
                $"{agent}.auxiliary.random_network_distillation.weight=0.01",
            ]
        );

        await RequireResumedEqualsWhole(settings);

        MetricsTable table = MetricsTable.Read(new RunFolder(_folder.In("whole")).Metrics);
        foreach (
            string tag in (string[])
                [
                    "distillation/divergence",
                    "losses/distillation_loss",
                    "losses/distillation_value_loss",
                    "default_policy/divergence",
                    "default_policy/loss",
                    "losses/default_policy_loss",
                ]
        )
        {
            Assert.All(table.Column(tag).Values, number => Assert.InRange(number, 0, 100));
        }
        double[] agreement = [.. table.Column("distillation/agreement").Values];
        Assert.All(agreement, share => Assert.InRange(share, 0, 1));
    }

    private async Task RequireResumedEqualsWhole(TrainingSettings settings)
    {
        TrainingResult whole = await Train(settings, "whole");
        await Train(settings with { TotalSteps = settings.TotalSteps / 2 }, "half");
        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("half"),
            [$"total_steps={settings.TotalSteps}"],
            null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(whole.ParameterHash, resumed.ParameterHash);
    }

    private string SaveReward(Space observations)
    {
        using var trainer = new RewardTrainer(new RewardTrainingSettings(), observations, new SeedSequence(1));
        trainer.ToNetwork(1).Save(_folder.In("reward"));
        return _folder.In("reward");
    }

    private Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}
