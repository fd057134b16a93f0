using Agents.Networks;
using Agents.Networks.Managed;
using Agents.Torch;
using Environments.Randomness;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers.Kfac;
using Xunit;
using Optimizer = Learners.Optimizers.Kfac.Kfac;

namespace Tests.LearnerTests.Engines;

/// <summary>Networks as graphs are held to the layers that they replace: forward bit for bit, gradients and factors closely.</summary>
public sealed class ProgramEngineTests
{
    private const int Rows = 132;

    public static TheoryData<string> Networks =>
        [
            .. GradientEngineContractTests
                .Networks.Where(pair => pair.Value.Settings.Core != CoreKind.Gtrxl)
                .Select(pair => pair.Key),
        ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Unroll_AnyNetwork_GivesTheBitsOfItsLayers(string name)
    {
        NetworkSpec spec = GradientEngineContractTests.Networks[name];
        float[] parameters = GradientEngineContractTests.Parameters(spec);
        using var layers = new ManagedActorCritic(spec, parameters);
        using var program = new ProgramNetwork(spec, parameters);
        var random = new Pcg64(9);
        foreach ((int steps, int copies) in ((int, int)[])[(1, 1), (1, 7), (12, 11), (3, 1)])
        {
            float[] observations = new float[steps * copies * spec.ObservationSize];
            for (int row = 0; row < steps * copies; row++)
            {
                ImageSample(spec, ref random, observations.AsSpan(row * spec.ObservationSize, spec.ObservationSize));
            }
            bool[] starts = [.. Enumerable.Range(0, steps * copies).Select(i => i % 5 == 3 || i == steps * copies - 1)];
            float[] state = [.. Enumerable.Range(0, copies * spec.CoreStateSize).Select(_ => (float)random.NextGaussian())];

            Assert.Equal(
                Outputs(layers, steps, observations, starts, state, true),
                Outputs(program, steps, observations, starts, state, true)
            );
            Assert.Equal(
                Outputs(layers, steps, observations, starts, state, false),
                Outputs(program, steps, observations, starts, state, false)
            );
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_AnyNetwork_GivesTheGradientAndTheFactorsOfItsLayers(string name)
    {
        NetworkSpec spec = GradientEngineContractTests.Networks[name];
        float[] parameters = GradientEngineContractTests.Parameters(spec);
        using var layers = new ManagedGradientEngine(spec, (float[])parameters.Clone());
        using var program = new ProgramGradientEngine(spec, (float[])parameters.Clone());
        using var torch = new ProgramGradientEngine(
            spec,
            (float[])parameters.Clone(),
            (plan, values, gradient) => new TorchProgram(plan, values, gradient, TorchSharp.torch.CPU)
        );
        SampleBatch batch = GradientEngineContractTests.Batch(spec, layers, Rows);
        foreach (string objectives in GradientEngineContractTests.Objectives.Keys)
        {
            (float[] expected, double[] losses, float[] logProbs, Optimizer factors) = Gradient(layers, spec, objectives, batch);
            foreach (IGradientEngine engine in (IGradientEngine[])[program, torch])
            {
                double tolerance = engine == program ? 1e-6 : 1e-5;
                (float[] gradient, double[] theirLosses, float[] theirLogProbs, Optimizer theirFactors) = Gradient(
                    engine,
                    spec,
                    objectives,
                    batch
                );
                Near(expected, gradient, tolerance, $"{objectives} gradient");
                Assert.All(losses.Zip(theirLosses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
                if (engine == program)
                {
                    Assert.Equal(logProbs, theirLogProbs);
                }
                foreach ((KfacLayer one, KfacLayer other) in factors.Layers.Zip(theirFactors.Layers))
                {
                    foreach ((RunningFactor<float> first, RunningFactor<float> second) in one.Factors.Zip(other.Factors))
                    {
                        Near(MeanOf(first), MeanOf(second), 1e-5, $"{one.Name} factor");
                    }
                }
            }
        }
    }

    private static (float[], double[], float[], Optimizer) Gradient(
        IGradientEngine engine,
        NetworkSpec spec,
        string name,
        SampleBatch batch
    )
    {
        Objective[] objectives = GradientEngineContractTests.Objectives[name](spec);
        foreach (IAdaptiveObjective adaptive in objectives.OfType<IAdaptiveObjective>())
        {
            adaptive.Begin(batch);
        }
        engine.Use(objectives);
        var losses = new double[objectives.Length];
        var logProbs = new float[batch.Count];
        var optimizer = new Optimizer(new ParameterLayout(spec), new KfacOptions(), new Pcg64(77));
        engine.Backward(batch, 0.25, losses, logProbs, optimizer.BeginUpdate());
        foreach (KfacLayer layer in optimizer.Layers)
        {
            Assert.True(layer.HasSamples, layer.Name);
            layer.Fold(1);
        }
        return (engine.Gradient.ToArray(), losses, logProbs, optimizer);
    }

    private static float[] MeanOf(RunningFactor<float> factor)
    {
        var mean = new float[factor.Size * factor.Size];
        factor.CopyMean(mean);
        return mean;
    }

    private static void Near(float[] expected, float[] actual, double tolerance, string what)
    {
        double norm = Math.Sqrt(expected.Sum(value => (double)value * value));
        double difference = Math.Sqrt(expected.Zip(actual).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
        Assert.True(difference <= tolerance * norm, $"{what}: relative difference {difference / norm}");
    }

    private static void ImageSample(NetworkSpec spec, ref Pcg64 random, Span<float> observation) =>
        AgentTests.Networks.ImageSpecs.Sample(spec.ObservationSpace, ref random, observation);

    private static float[] Outputs(
        IActorCriticNetwork network,
        int steps,
        float[] observations,
        bool[] starts,
        float[] state,
        bool withValues
    )
    {
        var distributions = new float[starts.Length * network.Spec.DistributionSize];
        var values = new float[withValues ? starts.Length : 0];
        float[] after = (float[])state.Clone();
        network.Unroll(steps, observations, starts, after, distributions, values);
        return [.. distributions, .. values, .. after];
    }
}
