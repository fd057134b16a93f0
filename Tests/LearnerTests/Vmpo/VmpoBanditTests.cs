using Agents.Distributions;
using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Environments.Spaces;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Vmpo;
using Tests.LearnerTests.Engines;
using Xunit;

namespace Tests.LearnerTests.Vmpo;

/// <summary>A bandit whose answer is known: arms that pay 1 to 4, a uniform old policy, a value of 2.5.</summary>
public sealed class VmpoBanditTests
{
    private const int Arms = 4;
    private const int Samples = 400;

    private static readonly NetworkSpec Spec = new(
        new Box(-1, 1, 1),
        new Discrete(Arms),
        new NetworkSettings { HiddenSizes = [] }
    );

    [Fact]
    public void Fit_WithoutATrustRegion_EndsAtTheWeightsOfTheBestTemperature()
    {
        var fit = new Fit(new VmpoSettings());

        fit.Run(3_000, trustRegion: false);

        // Half of the samples are those of the two better arms: each one's weight, summed over its samples.
        Assert.Equal(1.059947, fit.Temperature, 5e-3);
        double[] probabilities = fit.Probabilities();
        Assert.InRange(probabilities[0], 0, 2e-3);
        Assert.InRange(probabilities[1], 0, 2e-3);
        Assert.Equal(0.280205, probabilities[2], 3e-3);
        Assert.Equal(0.719795, probabilities[3], 3e-3);
    }

    [Fact]
    public void Fit_WithATrustRegion_EndsAtItsBorderWithAPositiveMultiplier()
    {
        var fit = new Fit(new VmpoSettings { KlEpsilon = 0.01f });

        fit.Run(6_000, trustRegion: true);

        Assert.InRange(fit.Divergence(), 0.009, 0.011);
        Assert.InRange(fit.Multiplier, 0.1, 100);
    }

    [Fact]
    public void TrustRegion_MultiplierRisesAboveTheBoundAndFallsBelow()
    {
        var (higher, lower) = (new Multiplier(1, 0.01f), new Multiplier(1, 0.01f));
        var above = new TrustRegionObjective(Spec, 0, 0.01f, higher);
        var below = new TrustRegionObjective(Spec, 0, 0.01f, lower);

        above.End(0.02, new MetricAverages());
        below.End(0.005, new MetricAverages());

        Assert.Equal(1.01f, higher.Value, 1e-5f); // Adam's first step has the length of its step size
        Assert.Equal(0.99f, lower.Value, 1e-5f);
    }

    [Fact]
    public void TrustRegion_LongBelowItsBound_StopsAtTheFloor()
    {
        var multiplier = new Multiplier(0.05f, 0.01f);
        var objective = new TrustRegionObjective(Spec, 0, 1, multiplier);

        for (int i = 0; i < 20; i++)
        {
            objective.End(0, new MetricAverages());
        }

        Assert.Equal(1e-8f, multiplier.Value);
    }

    [Fact]
    public void WeightedLikelihood_Gradient_IsTheWeightOfEachSampleAndNothingOutsideTheBetterHalf()
    {
        var objective = new WeightedLikelihoodObjective(new VmpoSettings());
        var batch = new SampleBatch(Spec, 4);
        ((float[])[1, 2, 3, 4]).CopyTo(batch.Advantages, 0);
        var graph = new Graph();
        Value logProb = graph.Input("log_prob", 1);
        var evaluation = new NetworkEvaluation(Spec, graph.Input("distributions", Arms), graph.Input("values", 1), logProb);
        Value gradient = graph.Differentiate([(objective.Loss(evaluation), null)], [logProb])[logProb]!;
        var program = new ManagedProgram(Plan.Compile(graph, [gradient], null, new PlanOptions(4)), [], []);

        objective.Begin(batch);
        program.Bind(evaluation[WeightedLikelihoodObjective.Weights], batch.Batch[WeightedLikelihoodObjective.Weights]);
        program.Run(4);

        float[] gradients = program[gradient].ToArray();
        float[] expected = [0, 0, -0.268941f, -0.731059f];
        Assert.All(expected.Zip(gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    /// <summary>Logits of one state, fitted to a fixed batch with as many samples of each arm.</summary>
    private sealed class Fit(VmpoSettings settings)
    {
        private readonly Categorical _distribution = new(Arms);
        private readonly float[] _logits = new float[Arms];
        private readonly SampleBatch _batch = new(Spec, Samples);
        private readonly WeightedLikelihoodObjective _likelihood = new(settings);
        private readonly Multiplier _multiplier = new(settings.InitialMultiplier, settings.MultiplierLearningRate);

        public float Temperature => _likelihood.Temperature;

        public float Multiplier => _multiplier.Value;

        public double Divergence() => new PolicyComparison(_distribution).Mean(new float[Arms], _logits, 1);

        public double[] Probabilities() =>
            [.. Enumerable.Range(0, Arms).Select(a => Math.Exp(_distribution.LogProb(_logits, [a])))];

        public void Run(int updates, bool trustRegion)
        {
            var region = new TrustRegionObjective(Spec, 0, settings.KlEpsilon, _multiplier);
            // Features are 0, so that the logits are the head's biases.
            var layout = new ParameterLayout(Spec);
            ParameterSlot bias = layout["actor.head.bias"];
            using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, Spec, new float[layout.Count]);
            engine.Use(trustRegion ? [_likelihood, region] : [_likelihood]);
            var metrics = new MetricAverages();
            var adam = new Adam(Arms, new AdamSettings());
            for (int update = 0; update < updates; update++)
            {
                for (int i = 0; i < Samples; i++)
                {
                    _batch.Actions[i] = i % Arms;
                    _batch.Advantages[i] = i % Arms + 1 - 2.5f;
                }
                _likelihood.Begin(_batch);
                var losses = new double[trustRegion ? 2 : 1];
                _logits.CopyTo(bias.In(engine.Parameters));
                engine.ParametersChanged();
                engine.Backward(_batch, 0, losses, new float[Samples]);
                adam.Update(_logits, bias.In(engine.Gradient), 0.01f);
                _likelihood.End(0, metrics);
                region.End(trustRegion ? losses[1] : 0, metrics);
            }
        }
    }
}
