using Agents.Networks;
using Agents.Networks.Cores.PerceptionPredictionReaction;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Auxiliary;
using Learners.Configuration;
using Learners.Engines;
using Learners.Objectives;
using Tests.AgentTests.Networks;
using Tests.LearnerTests.Engines;
using Xunit;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>Perception, prediction and reaction pull each other as far as their settings say, and no further.</summary>
public sealed class BranchDivergenceTests
{
    private const int Samples = 32;
    private static readonly float LogThree = MathF.Log(3);

    public static TheoryData<EngineKind> Engines => [EngineKind.Managed, EngineKind.Torch];

    public static TheoryData<Space> Actions => [new Discrete(3), new MultiDiscrete(2, 3), new Box(-1, 1, 2)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Loss_LogitsOfAnExample_HasTheDivergencesInClosedForm(EngineKind kind)
    {
        var data = new Data(new Discrete(2), new BranchDivergenceSettings(), kind);
        data.Say(reaction: [0, 0], perception: [LogThree, 0], prediction: [0, LogThree]);

        double[] losses = data.Losses();

        Assert.Equal([0.143841, 0.143841, 0.549306], losses, new Near(1e-6));
        Assert.Equal(["ppr_reaction_perception", "ppr_reaction_prediction", "ppr_perception_prediction"], data.Names);
    }

    [Theory]
    [InlineData(PairDirection.Forward, 0.143841)]
    [InlineData(PairDirection.Reverse, 0.130812)]
    [InlineData(PairDirection.Symmetric, 0.274653)]
    public void Loss_Direction_IsThatOfTheSettings(PairDirection direction, double expected)
    {
        var data = new Data(new Discrete(2), new BranchDivergenceSettings { Direction = direction }, EngineKind.Managed);
        data.Say(reaction: [0, 0], perception: [LogThree, 0], prediction: [0, LogThree]);

        Assert.Equal(expected, data.Losses()[0], 1e-6);
    }

    [Fact]
    public void Loss_Gaussians_HaveDeviationsOfTheirOwn()
    {
        var data = new Data(new Box(-1, 1, 1), new BranchDivergenceSettings(), EngineKind.Managed);
        data.Say(reaction: [0.5f], perception: [-0.5f, 0.5f], prediction: [0.5f, 0]);

        // σ_p = 1, σ_q = √e, means 1 apart; equal; and the first the other way round.
        Assert.Equal([0.5 + 2 / (2 * Math.E) - 0.5, 0, -0.5 + (Math.E + 1) / 2 - 0.5], data.Losses(), new Near(1e-6));
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public void Gradient_EqualPolicies_Is0(Space actions)
    {
        foreach (EngineKind kind in Engines.Select(row => row.Data))
        {
            var data = new Data(actions, new BranchDivergenceSettings(), kind);
            float[] logits = [.. Enumerable.Range(0, data.HeadSize).Select(i => 0.25f * i)];
            float[] branch = [.. logits, .. new float[data.BranchSize - data.HeadSize]]; // log σ = 0, as it begins
            data.Say(logits, branch, branch);

            Assert.All(data.Losses(), loss => Assert.Equal(0, loss, 1e-6));
            Assert.All(data.Gradient(), number => Assert.Equal(0, number, 1e-7f));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Gradient_WeightOf0_ReachesNeitherHeadsNorPrediction_AndPerceptionThroughTheSlowCoreAlone(EngineKind kind)
    {
        var linked = new Data(new Discrete(3), new BranchDivergenceSettings { Weight = 0 }, kind);
        var alone = new Data(
            new Discrete(3),
            new BranchDivergenceSettings { Weight = 0 },
            kind,
            new PprSettings { SlowToReaction = false }
        );
        linked.Gradient(new EntropyObjective(1));
        alone.Gradient(new EntropyObjective(1));

        foreach (string name in linked.ParametersNamed("heads.ppr_").Concat(linked.ParametersNamed("core.prediction.")))
        {
            Assert.False(linked.HasGradient(name), name);
        }
        foreach (string name in linked.ParametersNamed("core.perception.").Concat(linked.ParametersNamed("core.slow.")))
        {
            Assert.True(linked.HasGradient(name), name);
            Assert.False(alone.HasGradient(name), name);
        }
        Assert.True(alone.HasGradient("core.reaction.input.weight"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradient_OfTheThreePairs_ReachesEveryBranch_ButAReactionThatOnlyTeaches(bool stops)
    {
        var data = new Data(new Discrete(3), new BranchDivergenceSettings { StopReaction = stops }, EngineKind.Managed);
        data.Gradient();

        Assert.Equal(!stops, data.HasGradient("actor.head.weight"));
        Assert.Equal(!stops, data.HasGradient("core.reaction.input.weight"));
        Assert.True(data.HasGradient("heads.ppr_perception.weight"));
        Assert.True(data.HasGradient("heads.ppr_prediction.weight"));
        Assert.True(data.HasGradient("core.prediction.hidden.weight"));
    }

    [Fact]
    public void Create_PairOfFactor0_IsLeftOut()
    {
        var data = new Data(
            new Discrete(3),
            new BranchDivergenceSettings { ReactionPrediction = 0, PerceptionPrediction = 0 },
            EngineKind.Managed
        );
        data.Gradient();

        Assert.Equal(["ppr_reaction_perception"], data.Names);
        Assert.False(data.HasGradient("heads.ppr_prediction.weight"));
    }

    [Fact]
    public void HeadsOf_ActionsWithoutAPolicy_IsASettingsError()
    {
        var actions = new Dict(KeyValuePair.Create<string, Space>("a", new Discrete(2)));
        var environment = new EnvironmentSpec("Test-v0", new Box(-1, 1, 4), actions);

        SettingsException error = Assert.Throws<SettingsException>(() =>
            _ = new BranchDivergenceSettings().HeadsOf(environment).Count()
        );
        Assert.Contains("There is no policy over Dict", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoPairAtAll_IsRefused()
    {
        SettingsException error = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load(
                "CartPole-v1",
                "ppo",
                null,
                [
                    "network.core=ppr",
                    "ppo.auxiliary.ppr.reaction_perception=0",
                    "ppo.auxiliary.ppr.reaction_prediction=0",
                    "ppo.auxiliary.ppr.perception_prediction=0",
                ]
            )
        );

        Assert.Contains("nothing would be pulled together", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public void Step_DownTheGradient_BringsPoliciesTogether(Space actions)
    {
        var data = new Data(actions, new BranchDivergenceSettings { Weight = 1 }, EngineKind.Managed);
        double before = data.Losses().Sum();
        for (int i = 0; i < 200; i++)
        {
            data.Gradient();
            data.Step(actions is Box ? 0.02f : 0.2f);
        }

        double after = data.Losses().Sum();
        Assert.True(after < 0.25 * before, $"the divergences went from {before} to {after}");
    }

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double value) => 0;
    }

    /// <summary>A small agent with the three policies, and samples.</summary>
    private sealed class Data
    {
        private readonly NetworkSpec _spec;
        private readonly ParameterLayout _layout;
        private readonly IGradientEngine _engine;
        private readonly SampleBatch _batch;
        private readonly IReadOnlyList<Objective> _objectives;

        public Data(Space actions, BranchDivergenceSettings settings, EngineKind kind, PprSettings? core = null)
        {
            var environment = new EnvironmentSpec("Test-v0", new Box(-1, 1, 4), actions);
            _spec = new NetworkSpec(
                environment.ObservationSpace,
                actions,
                new NetworkSettings
                {
                    HiddenSizes = [],
                    SharedTrunk = true,
                    Core = "ppr",
                    CoreSize = 6,
                    CoreSettings = core ?? new PprSettings { Period = 3 },
                    Heads = [.. settings.HeadsOf(environment)],
                }
            );
            _layout = new ParameterLayout(_spec);
            var random = new Pcg64(3);
            float[] parameters = GC.AllocateArray<float>(_layout.Count, pinned: true);
            ParameterInitializer.Create(_layout, ref random).CopyTo(parameters, 0);
            ImageSpecs.Disturb(_layout, parameters, 0.5f, ref random); // policies have opinions, which differ
            _engine = GradientEngines.Create(kind, _spec, parameters);
            _batch = GradientEngineContractTests.Batch(_spec, _engine, Samples);
            _objectives = settings.Create(null!).Objectives;
        }

        public int HeadSize => _spec.Heads[0].Size;

        public int BranchSize => _spec.Settings.Heads[0].Size;

        public IEnumerable<string> Names => _objectives.Select(objective => objective.Name);

        public IEnumerable<string> ParametersNamed(string prefix) =>
            _layout.Slots.Select(slot => slot.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

        // Every policy says the same of every sample.
        public void Say(float[] reaction, float[] perception, float[] prediction)
        {
            if (_layout.Find(ParameterLayout.LogStd) is { } deviations)
            {
                deviations.In(_engine.Parameters).Clear();
            }
            Set("actor.head", reaction);
            Set("heads.ppr_perception", perception);
            Set("heads.ppr_prediction", prediction);
            _engine.ParametersChanged();

            void Set(string head, float[] says)
            {
                _layout[head + ".weight"].In(_engine.Parameters).Clear();
                says.CopyTo(_layout[head + ".bias"].In(_engine.Parameters));
            }
        }

        public double[] Losses()
        {
            var losses = new double[_objectives.Count];
            _engine.Use(_objectives);
            _engine.Backward(_batch, 0, losses, new float[Samples]);
            return losses;
        }

        public float[] Gradient(params Objective[] others)
        {
            Objective[] objectives = [.. _objectives, .. others];
            _engine.Use(objectives);
            _engine.Backward(_batch, 0, new double[objectives.Length], new float[Samples]);
            return _engine.Gradient.ToArray();
        }

        public bool HasGradient(string name) => _layout[name].In(_engine.Gradient).ContainsAnyExcept(0f);

        public void Step(float size)
        {
            for (int i = 0; i < _engine.Parameters.Length; i++)
            {
                _engine.Parameters[i] -= size * _engine.Gradient[i];
            }
            _engine.ParametersChanged();
        }
    }
}
