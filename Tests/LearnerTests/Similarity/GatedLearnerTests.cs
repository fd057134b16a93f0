using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Agents.Programs;
using Environments;
using Environments.Randomness;
using Environments.Wrappers;
using Learners.ActorCritic;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Ppo;
using Learners.Similarity;
using Protos;
using Tests.LearnerTests.Composition;
using Xunit;

namespace Tests.LearnerTests.Similarity;

/// <summary>PPO on CartPole beside a loss that wants the opposite of what it wants.</summary>
public sealed class GatedLearnerTests
{
    private const string RewardHead = "reward_prediction";
    private const string OpposingHead = "opposing";

    [Fact]
    public void Update_OpposingLoss_MovesOnlyItsHead()
    {
        (float[] before, float[] beside, Dictionary<string, double> metrics) = Learn(SimilarityRule.Unweighted, opposes: true);
        (_, float[] without, _) = Learn(SimilarityRule.Unweighted, opposes: false);

        ParameterLayout layout = Layout();
        foreach (ParameterSlot slot in layout.Slots)
        {
            float[] moved = slot.In(beside.AsSpan()).ToArray();
            if (slot.Name.StartsWith($"heads.{OpposingHead}", StringComparison.Ordinal))
            {
                Assert.NotEqual(slot.In(before.AsSpan()).ToArray(), moved);
            }
            else
            {
                Assert.All(slot.In(without.AsSpan()).ToArray().Zip(moved), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
                Assert.NotEqual(slot.In(before.AsSpan()).ToArray(), moved);
            }
        }
        Assert.InRange(metrics["similarity/opposing_loss"], -1, -0.9);
        Assert.Equal(0, metrics["similarity/opposing_loss_open"]);
        Assert.InRange(metrics["similarity/reward_prediction_loss"], -0.9, 0.9);
    }

    [Fact]
    public void Update_NoRule_LetsTheOpposingLossThroughAndTellsNothing()
    {
        (_, float[] beside, Dictionary<string, double> metrics) = Learn(SimilarityRule.None, opposes: true);
        (_, float[] without, _) = Learn(SimilarityRule.None, opposes: false);

        ParameterSlot shared = Layout()["encoder.0.weight"];
        Assert.NotEqual(shared.In(without.AsSpan()).ToArray(), shared.In(beside.AsSpan()).ToArray());
        Assert.DoesNotContain(metrics.Keys, tag => tag.StartsWith("similarity/", StringComparison.Ordinal));
    }

    // One step of plain descent from the same parameters on the same samples.
    private static (float[] Before, float[] After, Dictionary<string, double> Metrics) Learn(SimilarityRule rule, bool opposes)
    {
        var ppo = new PpoSettings
        {
            Copies = 4,
            UnrollLength = 32,
            ClipValue = false,
            Optimizer = new SgdSettings(),
            LearningRate = 0.1f,
            MaxGradientNorm = 0,
            GradientSimilarity = new GradientSimilaritySettings { Rule = rule },
        };
        using EnvironmentPipeline pipeline = Pipeline(ppo);
        NetworkSpec spec = pipeline.NetworkFor(Network);
        var random = new Pcg64(3);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        Unroll unroll = Record(pipeline, spec, ppo, parameters);
        Objective[] auxiliary =
        [
            new RewardPredictionObjective(RewardHead, 0.1f),
            .. opposes ? (Objective[])[new OpposingObjective()] : [],
        ];
        using var learner = new ActorCriticLearner(
            GradientEngines.Create(EngineKind.Managed, spec, (float[])parameters.Clone()),
            ppo,
            new UpdateSchedule(1, 1, 0, _ => UpdateSchedule.UsualClipRange),
            [
                new ClippedSurrogateObjective(ppo.ClipRangeAt),
                new ClippedValueObjective(ppo),
                new EntropyObjective(ppo.EntropyCoefficient),
            ],
            new Pcg64(1),
            new NoExperience(),
            auxiliary: auxiliary
        );
        var averages = new MetricAverages();
        learner.Update(unroll, 0, averages);
        var list = new List<Metric>();
        averages.Drain(list);
        foreach (
            string tag in list.Select(metric => metric.Tag).Where(tag => tag.StartsWith("similarity/", StringComparison.Ordinal))
        )
        {
            Assert.Contains(tag, learner.Tags);
        }
        return (parameters, learner.Parameters.ToArray(), list.ToDictionary(metric => metric.Tag, metric => metric.Value));
    }

    private static NetworkSettings Network =>
        new()
        {
            SharedTrunk = true,
            Heads = [new HeadSettings { Name = RewardHead, Kind = HeadKind.Reward }, new HeadSettings { Name = OpposingHead }],
        };

    private static EnvironmentPipeline Pipeline(PpoSettings ppo) =>
        EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make("CartPole-v1", ppo.Copies),
            new WrapperSettings(),
            ppo.DiscountFactor
        );

    private static ParameterLayout Layout()
    {
        using EnvironmentPipeline pipeline = Pipeline(new PpoSettings());
        return new ParameterLayout(pipeline.NetworkFor(Network));
    }

    private static Unroll Record(EnvironmentPipeline pipeline, NetworkSpec spec, PpoSettings ppo, float[] parameters)
    {
        using var policy = new NetworkPolicy(spec, ActingPolicies.Sample);
        policy.LoadParameters(parameters, 0);
        using var recorder = new UnrollRecorder(new EnvironmentParts(pipeline), policy, environmentSeed: 4, new Pcg64(5));
        var unroll = new Unroll(pipeline.ShapeFor(spec, ppo.UnrollLength));
        recorder.Record(unroll);
        return unroll;
    }

    /// <summary>What raises the losses of PPO, and a head that predicts returns.</summary>
    private sealed class OpposingObjective : Objective
    {
        public override string Name => "opposing_loss";

        public override Value Loss(NetworkEvaluation evaluation)
        {
            Value ratio = (evaluation.LogProb - evaluation[Column.BehaviourLogProbs]).Exp();
            Value policy = -evaluation.Mean(evaluation[Column.Advantages] * ratio);
            Value value = evaluation.Mean((evaluation.Values - evaluation[Column.Returns]).Square()) * 0.25f;
            Value own = evaluation.Mean((evaluation[OpposingHead] - evaluation[Column.Returns]).Square());
            return 0.01f * own - 10 * (policy + value);
        }
    }
}
