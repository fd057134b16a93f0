using Agents.Distributions;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Agents.Yaml;
using Environments.Control;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Engines;
using Learners.Objectives;
using Tests.LearnerTests.Engines;
using Xunit;

namespace Tests.AgentTests.Networks;

/// <summary>Mixtures of policies: closed forms of Czarnecki et al. 2018 through the product's own objective, and what becomes of the last policy.</summary>
public sealed class MixtureTests
{
    private static readonly StageSettings Three = new();
    private static readonly float[] First = [0.7f, 0.2f, 0.1f];
    private static readonly float[] Last = [0.2f, 0.5f, 0.3f];

    public static TheoryData<EngineKind> Engines => [EngineKind.Managed, EngineKind.Torch];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Distributions_OfTwoPolicies_AreMixedProbabilities(EngineKind kind)
    {
        using var agent = new SmallAgent(new Discrete(3), [Three], kind);
        agent.Say(First, Last, alpha: 0.3f);

        AssertNear([0.55, 0.29, 0.16], agent.Mixed().Select(logit => Math.Exp(logit)));
        double divergence = agent.Losses(new MixtureDivergence(1, masked: false))[0];
        Assert.Equal(0.408670, divergence, 1e-5); // (1 − α) KL = 0.7 × 0.583815
        agent.Say(First, Last, alpha: 1);
        Assert.Equal(0, agent.Losses(new MixtureDivergence(1, masked: false))[0]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Gradient_OfLogProb_CreditsEachPolicyWithItsResponsibility(EngineKind kind)
    {
        using var agent = new SmallAgent(new Discrete(3), [Three], kind);
        agent.Say(First, Last, alpha: 0.3f);

        agent.Gradient(new LogProbOf(1));

        float mixed = 0.7f * First[1] + 0.3f * Last[1];
        AssertNear(Scores(Last, 0.3f * Last[1] / mixed), agent.GradientOf("actor.head.bias").Select(number => (double)number));
        AssertNear(
            Scores(First, 0.7f * First[1] / mixed),
            agent.GradientOf("actor.stages.0.head.bias").Select(number => (double)number)
        );
        agent.Say(First, Last, 0.3f, MixtureGradient.Weights);
        agent.Gradient(new LogProbOf(1));
        AssertNear(Scores(Last, 0.3f), agent.GradientOf("actor.head.bias").Select(number => (double)number));

        static IEnumerable<double> Scores(float[] policy, double share) =>
            policy.Select((probability, action) => share * ((action == 1 ? 1 : 0) - probability));
    }

    [Theory]
    [InlineData(0, "actor.head.weight")]
    [InlineData(1, "actor.stages.0.head.weight")]
    public void Gradient_OfAPolicyThatDoesNotAct_IsExactly0(float alpha, string silent)
    {
        using var agent = new SmallAgent(new Discrete(3), [Three], EngineKind.Managed);
        agent.SetAlpha(alpha);

        agent.Gradient(new LogProbOf(1));

        Assert.All(agent.GradientOf(silent), number => Assert.Equal(0f, number));
        string other = alpha == 0 ? "actor.stages.0.head.weight" : "actor.head.weight";
        Assert.Contains(agent.GradientOf(other), number => number != 0);
        Assert.Equal([0f], agent.GradientOf(MixturePlan.Alpha));
    }

    [Fact]
    public void Divergence_GradientStopsAtTheEarlierPolicy()
    {
        using var agent = new SmallAgent(new Discrete(3), [Three], EngineKind.Managed);
        agent.SetAlpha(0.4f);

        agent.Gradient(new MixtureDivergence(1, masked: false));

        Assert.All(agent.GradientOf("actor.stages.0.head.weight"), number => Assert.Equal(0f, number));
        Assert.Contains(agent.GradientOf("actor.head.weight"), number => number != 0);
    }

    [Theory]
    [InlineData(false, 4.430817)] // log(756 / 9)
    [InlineData(true, 0)]
    public void Divergence_OfNineUniformActionsFromAllFactoredOnes_IsKnown(bool masked, double expected)
    {
        using var agent = new SmallAgent(new MultiDiscrete(7, 3, 3, 3, 2, 2), [Nine()], EngineKind.Managed);
        agent.Say(new float[9], new float[20], 0, logits: true);

        Assert.Equal(expected, agent.Losses(new MixtureDivergence(1, masked))[0], 1e-4);
        Assert.Equal(1, agent.Mixed().Sum(logit => Math.Exp(logit)), 1e-5);
        // Only the nine are ever chosen.
        var family = new JointCategorical(7, 3, 3, 3, 2, 2);
        Assert.Equal(9, agent.Mixed().Count(logit => logit > -10));
        foreach (IReadOnlyList<int> action in AimAndShoot.FewActions)
        {
            float[] digits = [.. action.Select(digit => (float)digit)];
            Assert.Equal(Math.Log(1.0 / 9), family.LogProb(agent.Mixed(), digits), 1e-5);
        }
    }

    [Theory]
    [InlineData(0.25f)]
    [InlineData(1f)]
    public void LogProb_OfAFactoredAction_IsExact(float alpha)
    {
        using var agent = new SmallAgent(
            new MultiDiscrete(2, 3),
            [
                new StageSettings
                {
                    Actions =
                    [
                        [1, 0],
                        [0, 2],
                    ],
                },
            ],
            EngineKind.Managed
        );
        agent.SetAlpha(alpha);
        float[] first = Softmax(agent.Heads("stage_0_policy"));
        float[] head = agent.Heads("policy");
        float[] bit = Softmax(head[..2]);
        float[] three = Softmax(head[2..]);
        var family = new JointCategorical(2, 3);

        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                float own = (i, j) switch
                {
                    (1, 0) => first[0],
                    (0, 2) => first[1],
                    _ => 0,
                };
                double expected = Math.Log((1 - alpha) * own + alpha * bit[i] * three[j]);
                Assert.Equal(expected, family.LogProb(agent.Mixed(), [i, j]), 1e-4);
            }
        }
    }

    [Fact]
    public void Weights_OfThreePolicies_AreThoseOfTwoNeighbours()
    {
        using var agent = new SmallAgent(new Discrete(3), [Three, Three], EngineKind.Managed);
        foreach (
            (float alpha, float[] weights) in ((float, float[])[])
                [(0, [1, 0, 0]), (0.25f, [0.75f, 0.25f, 0]), (1.5f, [0, 0.5f, 0.5f]), (2, [0, 0, 1])]
        )
        {
            agent.SetAlpha(alpha);
            float[][] policies =
            [
                Softmax(agent.Heads("stage_0_policy")),
                Softmax(agent.Heads("stage_1_policy")),
                Softmax(agent.Heads("policy")),
            ];
            for (int action = 0; action < 3; action++)
            {
                double expected = weights.Zip(policies, (weight, policy) => weight * policy[action]).Sum();
                Assert.Equal(expected, Math.Exp(agent.Mixed()[action]), 1e-5);
            }
        }
    }

    /// <summary>Σ w_i KL(π_i ‖ π_j) over all pairs i before j, with the weights of the earlier ones; a gradient reaches only those that copy.</summary>
    [Theory]
    [InlineData(EngineKind.Managed, 0f, false)]
    [InlineData(EngineKind.Managed, 0.25f, false)]
    [InlineData(EngineKind.Torch, 0.25f, false)]
    [InlineData(EngineKind.Managed, 0.25f, true)]
    [InlineData(EngineKind.Managed, 1.5f, false)]
    [InlineData(EngineKind.Torch, 1.5f, true)]
    [InlineData(EngineKind.Managed, 2f, false)]
    public void Divergence_OfThreePolicies_IsThatOfEachPair_WeightedByTheEarlierOne(EngineKind kind, float alpha, bool masked)
    {
        int[][] few =
        [
            [2],
            [0],
        ];
        using var agent = new SmallAgent(new Discrete(4), [new StageSettings { Actions = few }, Three], kind);
        float[] first = [0.7f, 0.3f];
        float[] second = [0.4f, 0.3f, 0.2f, 0.1f];
        float[] last = [0.1f, 0.15f, 0.25f, 0.5f];
        agent.SayAll([first, second, last]);
        agent.SetAlpha(alpha);
        double[] weights = [Math.Max(0, 1 - alpha), Math.Max(0, 1 - Math.Abs(alpha - 1))];
        double expected = weights[0] * (Kl(first, Few(second)) + Kl(first, Few(last))) + weights[1] * Kl(second, last);

        Assert.Equal(expected, agent.Losses(new MixtureDivergence(1, masked))[0], 1e-5);
        Assert.All(agent.GradientOf("actor.stages.0.head.weight"), number => Assert.Equal(0f, number));
        Assert.Equal(weights[0] > 0, agent.GradientOf("actor.stages.1.head.weight").Any(number => number != 0));
        Assert.Equal(weights.Sum() > 0, agent.GradientOf("actor.head.weight").Any(number => number != 0));

        float[] Few(float[] policy)
        {
            float[] own = [policy[2], policy[0]];
            return masked ? [.. own.Select(probability => probability / own.Sum())] : own;
        }

        static double Kl(float[] from, float[] to) => from.Zip(to, (p, q) => p * Math.Log(p / q)).Sum();
    }

    [Fact]
    public void LastOfMixture_SaysWhatTheMixtureSaysAtItsEnd_WithFewerParameters()
    {
        var stage = new StageSettings
        {
            Core = "identity",
            HiddenSizes = [5],
            Actions =
            [
                [1, 0],
                [0, 2],
            ],
        };
        var settings = new NetworkSettings
        {
            HiddenSizes = [6],
            Core = "lstm",
            CoreSize = 4,
            Mixture = new MixtureSettings { Stages = [stage], SharedValue = false },
        };
        var spec = new NetworkSpec(new Box(-1, 1, 4), new MultiDiscrete(2, 3), settings);
        float[] parameters = SmallAgent.Parameters(spec);
        parameters[new ParameterLayout(spec)[MixturePlan.Alpha].Offset] = 1;
        var info = new PolicyInfo { Agent = "a2c", Environment = "Test-v0" };
        using var mixture = new SavedPolicy(info, spec, parameters, null);
        using SavedPolicy last = mixture.LastOfMixture();

        Assert.True(last.ParameterCount < mixture.ParameterCount);
        Assert.Null(last.Network.Mixture);
        PolicyOutput all = mixture.CreateOutput(1);
        PolicyOutput alone = last.CreateOutput(1);
        var state = new float[mixture.CoreStateSize];
        var ownState = new float[last.CoreStateSize];
        var joint = new JointCategorical(2, 3);
        var factored = ActionDistribution.For(spec.ActionSpace);
        var random = new Pcg64(1);
        for (int step = 0; step < 3; step++)
        {
            mixture.Act([0.1f, -0.3f, 0.5f, 0.2f], [step == 0], state, ActingPolicies.Sample, ref random, all);
            last.Act([0.1f, -0.3f, 0.5f, 0.2f], [step == 0], ownState, ActingPolicies.Sample, ref random, alone);
            Assert.Equal(all.Values[0], alone.Values[0], 1e-6);
            Assert.Equal(factored.LogProb(alone.Distributions, [1, 2]), joint.LogProb(all.Distributions, [1, 2]), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Stages_ThatDoNotFit_SayWhy(Space actions, StageSettings[] stages, bool sharedValue, string message)
    {
        var mixture = new MixtureSettings { Stages = stages, SharedValue = sharedValue };
        var spec = new NetworkSpec(new Box(-1, 1, 4), actions, new NetworkSettings { HiddenSizes = [8], Mixture = mixture });

        SettingsException exception = Assert.Throws<SettingsException>(() => new ParameterLayout(spec));

        Assert.Contains(message, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    public static TheoryData<Space, StageSettings[], bool, string> Misfits =>
        new()
        {
            {
                new Discrete(3),
                [
                    new StageSettings
                    {
                        Actions =
                        [
                            [3],
                        ],
                    },
                ],
                true,
                "none of Discrete"
            },
            {
                new Discrete(3),
                [
                    new StageSettings
                    {
                        Actions =
                        [
                            [1],
                            [1],
                        ],
                    },
                ],
                true,
                "twice"
            },
            {
                new MultiDiscrete(2, 3),
                [
                    new StageSettings
                    {
                        Actions =
                        [
                            [1],
                        ],
                    },
                ],
                true,
                "2 numbers"
            },
            { new Box(-1, 1, 2), [Three], true, "actions that can be counted" },
            { new MultiDiscrete(100, 100, 100), [Three], true, "at most 16384" },
            {
                new Discrete(3),
                [
                    Three,
                    new StageSettings
                    {
                        Actions =
                        [
                            [0],
                        ],
                    },
                ],
                true,
                "Stage 0 of the mixture has actions that stage 1 lacks"
            },
            { new Discrete(3), [new StageSettings { HiddenSizes = [5] }], true, "shared_value to false" },
            { new Discrete(3), [new StageSettings { HiddenSizes = [5], SharedHead = true }], false, "shared_head to false" },
            { new Discrete(3), [new StageSettings { Task = "goal" }], true, "no discrete entry" },
        };

    private static StageSettings Nine() => new() { Actions = [.. AimAndShoot.FewActions.Select(action => action.ToArray())] };

    private static float[] Softmax(float[] logits)
    {
        double sum = logits.Sum(logit => Math.Exp(logit));
        return [.. logits.Select(logit => (float)(Math.Exp(logit) / sum))];
    }

    private static void AssertNear(IEnumerable<double> expected, IEnumerable<double> found)
    {
        Assert.Equal(expected.Count(), found.Count());
        foreach ((double one, double other) in expected.Zip(found))
        {
            Assert.Equal(one, other, 1e-5);
        }
    }

    // Log-probability of one action, whatever was done.
    private sealed class LogProbOf(int action) : Objective
    {
        public override string Name => "log_prob";

        public override Agents.Programs.Value Loss(NetworkEvaluation evaluation) =>
            evaluation.Distributions.Slice(action, 1).Mean();
    }

    /// <summary>A network that says the same of every sample, unless its heads are left as they began.</summary>
    private sealed class SmallAgent : IDisposable
    {
        private const int Samples = 8;

        private readonly Space _actions;
        private readonly StageSettings[] _stages;
        private readonly EngineKind _kind;
        private NetworkSpec _spec = null!;
        private ParameterLayout _layout = null!;
        private IGradientEngine _engine = null!;
        private Batch _batch = null!;

        public SmallAgent(Space actions, StageSettings[] stages, EngineKind kind)
        {
            (_actions, _stages, _kind) = (actions, stages, kind);
            Build(MixtureGradient.Responsibilities);
        }

        public static float[] Parameters(NetworkSpec spec)
        {
            var layout = new ParameterLayout(spec);
            var random = new Pcg64(3);
            float[] parameters = GC.AllocateArray<float>(layout.Count, pinned: true);
            ParameterInitializer.Create(layout, ref random).CopyTo(parameters, 0);
            ImageSpecs.Disturb(layout, parameters, 0.5f, ref random);
            return parameters;
        }

        public void SetAlpha(float alpha)
        {
            _engine.Parameters[_layout[MixturePlan.Alpha].Offset] = alpha;
            _engine.ParametersChanged();
        }

        public void Say(
            float[] first,
            float[] last,
            float alpha,
            MixtureGradient gradient = MixtureGradient.Responsibilities,
            bool logits = false
        )
        {
            if (_spec.Settings.Mixture!.Gradient != gradient)
            {
                _engine.Dispose();
                Build(gradient);
            }
            SayAll(
                logits
                    ?
                    [
                        [.. first.Select(logit => MathF.Exp(logit))],
                        [.. last.Select(logit => MathF.Exp(logit))],
                    ]
                    : [first, last]
            );
            SetAlpha(alpha);
        }

        /// <summary>Whatever is observed, each policy says its probabilities.</summary>
        public void SayAll(IReadOnlyList<float[]> policies)
        {
            for (int i = 0; i < policies.Count; i++)
            {
                string head = i < _stages.Length ? $"actor.stages.{i}.head" : "actor.head";
                _layout[head + ".weight"].In(_engine.Parameters).Clear();
                policies[i]
                    .Select(probability => MathF.Log(probability))
                    .ToArray()
                    .CopyTo(_layout[head + ".bias"].In(_engine.Parameters));
            }
        }

        public float[] Mixed()
        {
            var distributions = new float[_spec.DistributionSize];
            _engine.Network.Unroll(1, Observation, [true], [], distributions, []);
            return distributions;
        }

        public float[] Heads(string name)
        {
            var rows = new float[_spec.Heads.First(head => head.Name == name).Size];
            _engine.Network.UnrollHeads(1, Observation, [true], [], [new HeadRows(name, rows)]);
            return rows;
        }

        public double[] Losses(Objective objective)
        {
            var losses = new double[1];
            _engine.Use([objective]);
            _engine.Backward(_batch, 0, losses, new float[Samples]);
            return losses;
        }

        public void Gradient(Objective objective) => Losses(objective);

        public float[] GradientOf(string name) => _layout[name].In(_engine.Gradient).ToArray();

        public void Dispose() => _engine.Dispose();

        private static float[] Observation => [0.3f, -0.2f, 0.5f, 0.1f];

        private void Build(MixtureGradient gradient)
        {
            var mixture = new MixtureSettings { Stages = _stages, Gradient = gradient };
            var settings = new NetworkSettings
            {
                HiddenSizes = [8],
                SharedTrunk = true,
                Mixture = mixture,
            };
            _spec = new NetworkSpec(new Box(-1, 1, 4), _actions, settings);
            _layout = new ParameterLayout(_spec);
            _engine = GradientEngines.Create(_kind, _spec, Parameters(_spec));
            _batch = GradientEngineContractTests.Batch(_spec, _engine, Samples); // moves the parameters
        }
    }
}
