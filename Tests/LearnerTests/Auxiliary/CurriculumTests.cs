using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.Runs;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>Curricula over agents: α by schedule, every actor-critic, resuming in the middle of the ramp, and what is saved.</summary>
public sealed class CurriculumTests : IDisposable
{
    private const string Two = "stages: [{ core: identity, hidden_sizes: [6] }], shared_value: false";

    private static readonly string[] SmallTransformer =
    [
        "network.transformer.heads=2",
        "network.transformer.head_size=4",
        "network.transformer.memory_length=8",
    ];

    private readonly TemporaryFolder _folder = new();

    private static IEnumerable<string> AgentNames =>
        AgentRegistry
            .Default.Agents.Where(agent => agent.Defaults is Learners.ActorCritic.ActorCriticSettings)
            .Select(agent => agent.Name);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AlphaAt_Schedule_IsStraightBetweenItsPoints()
    {
        var usual = new CurriculumSettings { Stages = [new(), new()] };
        Assert.Equal([0, 0, 1, 2, 2], ((double[])[0, 0.25, 0.425, 0.6, 1]).Select(at => Math.Round(usual.AlphaAt(at), 5)));
        CurriculumSettings own = usual with
        {
            Schedule =
            [
                [0.1f, 1],
                [0.3f, 0],
                [0.5f, 2],
            ],
        };
        Assert.Equal([1, 0.5, 0, 1, 2], ((double[])[0, 0.2, 0.3, 0.4, 0.9]).Select(at => Math.Round(own.AlphaAt(at), 5)));
        Assert.Equal(0.7f, (own with { Alpha = 0.7f }).AlphaAt(0.3));
    }

    /// <summary>Agent, stages, and α at the end of the ramp.</summary>
    public static TheoryData<string, string, int> Cut
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (string agent in AgentNames)
            {
                data.Add(agent, Two, 1);
                data.Add(agent, "stages: [{ core: gru, core_size: 5 }], shared_value: false", 1);
            }
            data.Add(
                "a2c",
                "stages: [{ core: gtrxl, core_size: 8 }, { own_trunk: true }, { hidden_sizes: [5], core: fast_weights, core_size: 6 }], shared_value: false, schedule: [[0, 0], [1, 3]]",
                3
            );
            // Every core beside every other, in either order.
            string[] cores = [.. Agents.Networks.Cores.MemoryCores.All.Select(core => $"{{ core: {core.Name}, core_size: 6 }}")];
            foreach (IEnumerable<string> order in (IEnumerable<string>[])[cores, cores.Reverse()])
            {
                string stages =
                    $"stages: [{string.Join(", ", order)}], shared_value: false, schedule: [[0, 0], [1, {cores.Length}]]";
                data.Add("a2c", stages, cores.Length);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cut))]
    public async Task AdvanceAsync_CutInTheMiddleOfTheRamp_GoesOnBitForBit(string agent, string stages, int last)
    {
        string[] transformer = stages.Contains("gtrxl") ? SmallTransformer : [];
        TrainingSettings settings = Settings(agent, stages, ["network.core=lstm", "network.core_size=6", .. transformer]);
        using TrainingSession whole = TrainingSession.Create(settings);
        await whole.AdvanceAsync(1_000, TestContext.Current.CancellationToken);
        whole.Save(_folder.In("saved"));
        using TrainingSession rest = TrainingSession.Load(_folder.In("saved"));
        float alpha = AlphaOf(whole);
        Assert.InRange(alpha, 0.3f * last, 0.7f * last);
        await whole.AdvanceAsync(2_000, TestContext.Current.CancellationToken);
        await rest.AdvanceAsync(2_000, TestContext.Current.CancellationToken);

        Assert.True(AlphaOf(whole) > alpha);
        using SavedPolicy first = whole.ToPolicy();
        using SavedPolicy second = rest.ToPolicy();
        Assert.Equal(first.ParameterHash, second.ParameterHash);
    }

    /// <summary>Stored and recomputed log-probabilities are those of one mixture: the first epoch sees ratios of 1.</summary>
    [Theory]
    [InlineData("Control/AimAndShoot-v0?actions=factored", "stages: [{ actions: [[3, 1, 1, 2, 0, 0], [3, 1, 1, 1, 1, 0]] }]")]
    [InlineData(
        "Memory/Recall-v0?delay=3",
        "stages: [{ core: identity }, { core: lstm, core_size: 8 }], shared_value: false",
        "network.core=gtrxl",
        "network.core_size=8",
        "network.transformer.heads=2",
        "network.transformer.head_size=4",
        "network.transformer.memory_length=8"
    )]
    [InlineData("GridWorld/SerpentineTasks-v0", "stages: [{ task: task, own_trunk: true }], shared_value: false")]
    [InlineData(
        "CartPole-v1",
        "stages: [{ shared_head: true, core: gru, core_size: 6 }]",
        "network.core=lstm",
        "network.core_size=6"
    )]
    public async Task TrainAsync_LockStep_HasRatiosOf1(string environment, string curriculum, params string[] more)
    {
        TrainingSettings settings = SettingsSources.Load(
            environment,
            "a2c",
            null,
            [.. Short("a2c"), $"a2c.auxiliary.curriculum={{ {curriculum}, schedule: [[0, 0], [0.9, 1]] }}", .. more]
        );

        TrainingResult result = await Train(settings, "run");

        MetricsTable table = MetricsTable.Read(new RunFolder(result.RunFolder).Metrics);
        Assert.All(table.Column("losses/approx_kl").Values, kl => Assert.Equal(0, kl, 1e-6));
        Assert.All(table.Column("losses/mixture_kl").Values, kl => Assert.InRange(kl, 0, 10));
        double[] alphas = [.. table.Column("curriculum/alpha").Values];
        Assert.True(alphas[^1] > 0.8 && alphas.SequenceEqual(alphas.Order()), string.Join(", ", alphas));
        // The last policy is a policy of its own.
        using var mixture = SavedPolicy.Load(result.PolicyFolder);
        using var last = SavedPolicy.Load(Path.Combine(result.RunFolder, "last_stage"));
        Assert.NotNull(mixture.Network.Mixture);
        Assert.Null(last.Network.Mixture);
        Assert.True(last.ParameterCount < mixture.ParameterCount);
    }

    [Fact]
    public async Task Change_OfAlpha_IsTakenByTheNextUpdate_AndOfStagesRefused()
    {
        using TrainingSession session = TrainingSession.Create(Settings("a2c", Two + ", alpha: 0"));
        await session.AdvanceAsync(1, TestContext.Current.CancellationToken);
        Assert.Equal(0, AlphaOf(session));
        session.Change("a2c.auxiliary.curriculum.alpha=0.4");
        await session.AdvanceAsync(1, TestContext.Current.CancellationToken);
        Assert.Equal(0.4f, AlphaOf(session));

        SettingsException exception = Assert.Throws<SettingsException>(() =>
            session.Change("a2c.auxiliary.curriculum.stages=[{ hidden_sizes: [7] }]")
        );
        Assert.Contains("heads of the network cannot change", exception.Message);
    }

    [Theory]
    [InlineData("a2c.optimizer_wrappers.lookahead.steps=3")]
    [InlineData("a2c.parameter_maps.power.exponent=1.5")]
    [InlineData("a2c.optimizer=rms_prop")]
    public async Task AdvanceAsync_WhateverMovesParameters_LeavesAlphaWhereItWasSet(string setting)
    {
        using TrainingSession session = TrainingSession.Create(Settings("a2c", Two + ", alpha: 0.3", setting));
        await session.AdvanceAsync(2_000, TestContext.Current.CancellationToken);

        Assert.Equal(0.3f, AlphaOf(session));
    }

    [Theory]
    [InlineData("stages: []", "Give 1 to 16 stages")]
    [InlineData("stages: [{ core: lstn }]", "Did you mean 'lstm'?")]
    [InlineData("stages: [{}], alpha: 2", "from 0 to 1")]
    [InlineData("stages: [{}], schedule: [[0.5, 0], [0.2, 1]]", "have to rise")]
    [InlineData("stages: [{}], schedule: [[0.5]]", "pairs")]
    [InlineData("stages: [{ actions: [[2]] }]", "none of Discrete")]
    [InlineData("stagse: [{}]", "stages")]
    [InlineData("stages: [{ task: goal, shared_head: true }]", "shared_head")]
    [InlineData("stages: [{}], shared_value: false", "with curriculum.shared_value false", "vmpo")]
    public void Create_ACurriculumThatDoesNotFit_SaysWhy(string curriculum, string message, string agent = "a2c")
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            TrainingSession.Create(Settings(agent, curriculum, agent == "vmpo" ? ["vmpo.pop_art=true"] : [])).Dispose()
        );

        Assert.Contains(message, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData("stages: [{}]", "identity", "no memory, policy and value in one network, after an earlier policy", "")]
    [InlineData(
        "stages: [{ core: gru, core_size: 5 }, {}], shared_value: false",
        "identity",
        "no memory, policy and value in one network, after 2 earlier policies (memory gru of 5)",
        "gru"
    )]
    [InlineData(
        "stages: [{ core: identity }, { own_trunk: true }], shared_value: false",
        "lstm",
        "memory lstm of 64, policy and value in one network, after 2 earlier policies (memory lstm)",
        "lstm"
    )]
    public void Header_OfACurriculum_NamesTheMemoriesOfEveryPolicy(string curriculum, string core, string line, string memories)
    {
        TrainingSettings settings = Settings("a2c", curriculum, $"network.core={core}");
        using TrainingSession session = TrainingSession.Create(settings);
        using SavedPolicy policy = session.ToPolicy();

        Assert.EndsWith(line, Cli.Output.RunHeader.Network(policy.Network));
        Assert.Equal(memories, string.Join(", ", policy.Network.Memories));
    }

    [Fact]
    public void Create_APartThatComparesComponents_IsRefusedBesideFactoredActions()
    {
        TrainingSettings settings = SettingsSources.Load(
            "Control/AimAndShoot-v0?actions=factored",
            "a2c",
            null,
            [.. Short("a2c"), "a2c.auxiliary.curriculum={ stages: [{}] }", "a2c.auxiliary.distillation.teacher=uniform"]
        );

        SettingsException exception = Assert.Throws<SettingsException>(() => TrainingSession.Create(settings).Dispose());

        Assert.Contains("component by component", exception.Message);
    }

    private static string[] Short(string agent) =>
        [
            "total_steps=2048",
            "evaluation.episodes=0",
            "evaluation.final_episodes=2",
            "network.hidden_sizes=[6]",
            "network.shared_trunk=true",
            $"{agent}.copies=8",
            $"{agent}.unroll_length=16",
            $"{agent}.learning_rate_schedule=constant",
        ];

    private static TrainingSettings Settings(string agent, string curriculum, params string[] more) =>
        SettingsSources.Load(
            "CartPole-v1",
            agent,
            null,
            [
                .. Short(agent),
                .. agent == "ppo" ? (string[])["ppo.clip_range_schedule=constant"] : [],
                $"{agent}.auxiliary.curriculum={{ {curriculum}{(curriculum.Contains("alpha") || curriculum.Contains("schedule") ? "" : ", schedule: [[0, 0], [1, 1]]")} }}",
                .. more,
            ]
        );

    private static float AlphaOf(TrainingSession session)
    {
        using SavedPolicy policy = session.ToPolicy();
        var spec = new NetworkSpec(policy.ObservationSpace, policy.ActionSpace, policy.Network);
        return policy.Parameters[new ParameterLayout(spec)[MixturePlan.Alpha].Offset];
    }

    private Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}
