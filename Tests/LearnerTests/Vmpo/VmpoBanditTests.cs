using Agents.Distributions;
using Agents.Networks;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Metrics;
using Learners.Optimizers;
using Learners.Vmpo;
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
        ActionDistribution distribution = new Categorical(Arms);
        var above = new TrustRegionObjective(distribution, 0, 0.01f, new Multiplier(1, 0.01f));
        var below = new TrustRegionObjective(distribution, 0, 0.01f, new Multiplier(1, 0.01f));

        above.End(0.02, new MetricAverages());
        below.End(0.005, new MetricAverages());

        Assert.Equal(1.01f, above.Weight, 1e-5f); // Adam's first step has the length of its step size
        Assert.Equal(0.99f, below.Weight, 1e-5f);
    }

    [Fact]
    public void TrustRegion_LongBelowItsBound_StopsAtTheFloor()
    {
        var objective = new TrustRegionObjective(new Categorical(Arms), 0, 1, new Multiplier(0.05f, 0.01f));

        for (int i = 0; i < 20; i++)
        {
            objective.End(0, new MetricAverages());
        }

        Assert.Equal(1e-8f, objective.Weight);
    }

    [Fact]
    public void WeightedLikelihood_Gradient_IsTheWeightOfEachSampleAndNothingOutsideTheBetterHalf()
    {
        var objective = new WeightedLikelihoodObjective(new VmpoSettings());
        var batch = new Minibatch(Spec, 4);
        ((float[])[1, 2, 3, 4]).CopyTo(batch.Advantages, 0);
        var gradients = new float[4];

        objective.Begin(batch);
        objective.AddGradient(
            new SampleBlock
            {
                Total = 4,
                BehaviourLogProbs = batch.BehaviourLogProbs,
                Advantages = batch.Advantages,
                Returns = batch.Returns,
                OldValues = batch.OldValues,
                LogProbs = new float[4],
                Entropies = new float[4],
                Values = new float[4],
                LogProbGradients = gradients,
                EntropyGradients = new float[4],
                ValueGradients = new float[4],
            },
            0
        );

        float[] expected = [0, 0, -0.268941f, -0.731059f];
        Assert.All(expected.Zip(gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    /// <summary>Logits of one state, fitted to a fixed batch with as many samples of each arm.</summary>
    private sealed class Fit(VmpoSettings settings)
    {
        private readonly Categorical _distribution = new(Arms);
        private readonly float[] _logits = new float[Arms];
        private readonly Minibatch _batch = new(Spec, Samples, withOldDistributions: true);
        private readonly WeightedLikelihoodObjective _likelihood = new(settings);
        private readonly Multiplier _multiplier = new(settings.InitialMultiplier, settings.MultiplierLearningRate);

        public float Temperature => _likelihood.Temperature;

        public float Multiplier => _multiplier.Value;

        public double Divergence() => _distribution.Divergence(0, new float[Arms], _logits);

        public double[] Probabilities() =>
            [.. Enumerable.Range(0, Arms).Select(a => Math.Exp(_distribution.LogProb(_logits, [a])))];

        public void Run(int updates, bool trustRegion)
        {
            var region = new TrustRegionObjective(_distribution, 0, settings.KlEpsilon, _multiplier);
            var metrics = new MetricAverages();
            var adam = new Adam(Arms, new AdamOptions());
            for (int update = 0; update < updates; update++)
            {
                for (int i = 0; i < Samples; i++)
                {
                    _batch.Actions[i] = i % Arms;
                    _batch.Advantages[i] = i % Arms + 1 - 2.5f;
                }
                _likelihood.Begin(_batch);
                (float[] gradient, double divergence) = Gradient(trustRegion ? region : null);
                adam.Update(_logits, gradient, 0.01f);
                _likelihood.End(0, metrics);
                region.End(divergence, metrics);
            }
        }

        private (float[] Gradient, double Divergence) Gradient(TrustRegionObjective? region)
        {
            float[] logits = [.. Enumerable.Repeat(_logits, Samples).SelectMany(row => row)];
            var logProbs = new float[Samples];
            var entropies = new float[Samples];
            var scratch = new float[2 * logits.Length];
            _distribution.EvaluateRows(logits, _batch.Actions, logProbs, entropies, scratch);
            var logProbGradients = new float[Samples];
            var direct = new float[logits.Length];
            var block = new SampleBlock
            {
                Total = Samples,
                BehaviourLogProbs = _batch.BehaviourLogProbs,
                Advantages = _batch.Advantages,
                Returns = _batch.Returns,
                OldValues = _batch.OldValues,
                LogProbs = logProbs,
                Entropies = entropies,
                Values = new float[Samples],
                LogProbGradients = logProbGradients,
                EntropyGradients = new float[Samples],
                ValueGradients = new float[Samples],
                Distribution = _distribution,
                Distributions = logits,
                OldDistributions = _batch.OldDistributions,
                DistributionGradients = direct,
            };
            _likelihood.AddGradient(block, 0);
            double divergence = region?.AddGradient(block, 0) ?? 0;
            var rows = new float[logits.Length];
            _distribution.GradientRows(
                logits,
                _batch.Actions,
                logProbs,
                entropies,
                scratch,
                logProbGradients,
                new float[Samples],
                rows
            );
            var gradient = new float[Arms];
            for (int i = 0; i < rows.Length; i++)
            {
                gradient[i % Arms] += rows[i] + direct[i];
            }
            return (gradient, divergence);
        }
    }
}
