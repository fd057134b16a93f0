using System.Runtime.CompilerServices;
using Agents.Networks;
using Agents.Torch;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Optimizers.Kfac;
using Learners.Ppo;

namespace Benchmarks;

/// <summary>Times acting and updates of networks with their default settings.</summary>
internal static class NetworkBenchmarks
{
    /// <summary>What networks can be measured on.</summary>
    public enum Kind
    {
        /// <summary>8 numbers, 4 actions, 64 and 64 units.</summary>
        Vector,

        /// <summary>As <see cref="Vector"/>, with 256 and 256 units.</summary>
        Wide,

        /// <summary>As <see cref="Vector"/>, with 64 units and an LSTM.</summary>
        Recurrent,

        /// <summary>8 numbers, 4 actions, and a GTrXL of 2 layers, width 32, 2 heads and 32 remembered steps.</summary>
        Transformer,

        /// <summary>8 numbers, 4 actions, 32 units, and a perception-prediction-reaction core of 38 units a core.</summary>
        SlowAndFast,

        /// <summary>One of 500 integers, as in Taxi, and 6 actions.</summary>
        Integer,

        /// <summary>10 × 10 × 4 flags, of which one in twelve is set, as in MinAtar's Breakout, and 6 actions.</summary>
        Flags,

        /// <summary>Four frames of 84 × 84 bytes, as in Atari, and 6 actions.</summary>
        Pixels,
    }

    /// <summary>Acting and updates on everything that networks can be measured on.</summary>
    public static IEnumerable<BenchmarkCase> Cases =>
        [
            .. ((int[])[1, 8, 64, 1_024]).Select(rows => Act("mlp", Kind.Vector, rows)),
            Act("gtrxl", Kind.Transformer, 8),
            Act("ppr", Kind.SlowAndFast, 8),
            Act("integer", Kind.Integer, 64),
            Act("conv", Kind.Flags, 64),
            Act("conv-pixels", Kind.Pixels, 8),
            .. ((int[])[64, 256, 320, 640, 2_048]).Select(samples => Learn("a2c", Kind.Vector, "a2c", samples)),
            .. ((int[])[320, 640]).Select(samples => Learn("acktr", Kind.Vector, "acktr", samples)),
            .. ((int[])[64, 256, 2_048]).Select(samples => Learn("ppo", Kind.Vector, "ppo", samples)),
            .. ((int[])[64, 256, 2_048]).Select(samples => Learn("recurrent-ppo", Kind.Recurrent, "ppo", samples)),
            Learn("gtrxl-ppo", Kind.Transformer, "ppo", 768),
            Learn("ppr-ppo", Kind.SlowAndFast, "ppo", 768),
            Learn("integer-ppo", Kind.Integer, "ppo", 256),
            Learn("conv-a2c", Kind.Flags, "a2c", 320),
            Learn("conv-acktr", Kind.Flags, "acktr", 320),
            Learn("conv-ppo", Kind.Flags, "ppo", 256),
            Learn("conv-pixels-ppo", Kind.Pixels, "ppo", 64),
            Learn("conv-pixels-ppo", Kind.Pixels, "ppo", 256),
            Learn("wide-ppo", Kind.Wide, "ppo", 2_048),
        ];

    /// <summary>One call for <paramref name="rows"/> observations, without values.</summary>
    public static (double[] Seconds, double Cpu, double Bytes) Forward(EngineKind engine, Kind kind, int rows)
    {
        NetworkSpec spec = Spec(kind);
        float[] parameters = Parameters(spec);
        using IActorCriticNetwork network = engine switch
        {
            EngineKind.Auto or EngineKind.Managed => new ProgramNetwork(spec, parameters),
            EngineKind.Torch => new ProgramNetwork(spec, parameters, TorchExecutor.Processor),
        };
        float[] observations = Observations(spec, kind, rows);
        var starts = new bool[rows];
        var state = new float[rows * spec.CoreStateSize];
        var distributions = new float[rows * spec.DistributionSize];
        return Stopwatches.Measure(count =>
        {
            for (int k = 0; k < count; k++)
            {
                network.Unroll(1, observations, starts, state, distributions, []);
            }
        });
    }

    /// <summary>One optimiser step on a minibatch: gradient, norm clip, Adam; for ACKTR K-FAC with its statistics and decompositions, amortised.</summary>
    public static (double[] Seconds, double Cpu, double Bytes) Update(EngineKind kind, Kind network, string agent, int samples)
    {
        NetworkSpec spec = Spec(network);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Parameters(spec));
        var settings = new PpoSettings();
        Objective[] objectives = agent switch
        {
            "a2c" or "acktr" =>
            [
                new PolicyGradientObjective(),
                new ValueObjective(settings.ValueCoefficient),
                new EntropyObjective(settings.EntropyCoefficient),
            ],
            "ppo" =>
            [
                new ClippedSurrogateObjective(settings.ClipRangeAt),
                new ClippedValueObjective(settings),
                new EntropyObjective(settings.EntropyCoefficient),
            ],
            _ => throw new SwitchExpressionException(agent),
        };
        int sequenceLength = network switch
        {
            Kind.Recurrent => 32,
            Kind.Transformer or Kind.SlowAndFast => 12,
            Kind.Vector or Kind.Wide or Kind.Integer or Kind.Flags or Kind.Pixels => 1,
        };
        Batch batch = Minibatch.Create(spec, objectives, samples, sequenceLength);
        engine.Use(objectives);
        spec.Plan.Features.EncodeRows(Observations(spec, network, samples), batch[Column.Features(spec)]);
        Normals(samples).CopyTo(batch[Column.Advantages], 0);
        Normals(samples).CopyTo(batch[Column.Returns], 0);
        int actions = spec.DistributionSize;
        Array.Fill(batch[Column.BehaviourLogProbs], -MathF.Log(actions));
        var random = new Pcg64(3);
        for (int i = 0; i < samples; i++)
        {
            batch[Column.Actions(spec)][i] = random.NextInt(0, actions);
        }
        var layout = new ParameterLayout(spec);
        Kfac? kfac = agent == "acktr" ? new Kfac(layout, new KfacSettings(), new Pcg64(4)) : null;
        IOptimizer optimizer = kfac is null ? new Adam(layout.Count, new AdamSettings()) : kfac;
        var losses = new double[objectives.Length];
        var logProbs = new float[samples];
        return Stopwatches.Measure(count =>
        {
            for (int k = 0; k < count; k++)
            {
                engine.Backward(batch, 0, losses, logProbs, kfac?.BeginUpdate());
                GlobalNorm.Clip(engine.Gradient, kfac is null ? 0.5f : float.PositiveInfinity);
                optimizer.Update(engine.Parameters, engine.Gradient, 1e-6f);
                engine.ParametersChanged();
            }
        });
    }

    private static NetworkSpec Spec(Kind kind) =>
        kind switch
        {
            Kind.Recurrent => new(
                new Box(-10, 10, 8),
                new Discrete(4),
                new NetworkSettings
                {
                    HiddenSizes = [64],
                    Core = "lstm",
                    SharedTrunk = true,
                }
            ),
            Kind.Transformer => new(
                new Box(-10, 10, 8),
                new Discrete(4),
                new NetworkSettings
                {
                    HiddenSizes = [],
                    Core = "gtrxl",
                    CoreSize = 32,
                    SharedTrunk = true,
                }
            ),
            Kind.SlowAndFast => new(
                new Box(-10, 10, 8),
                new Discrete(4),
                new NetworkSettings
                {
                    HiddenSizes = [32],
                    Core = "ppr",
                    CoreSize = 38,
                    SharedTrunk = true,
                }
            ),
            Kind.Integer => new(new Discrete(500), new Discrete(6), new NetworkSettings()),
            Kind.Flags => new(Bytes(1, 10, 10, 4), new Discrete(6), new NetworkSettings()),
            Kind.Pixels => new(Bytes(255, 4, 84, 84), new Discrete(6), new NetworkSettings()),
            Kind.Vector => new(new Box(-10, 10, 8), new Discrete(4), new NetworkSettings()),
            Kind.Wide => new(new Box(-10, 10, 8), new Discrete(4), new NetworkSettings { HiddenSizes = [256, 256] }),
        };

    private static Box Bytes(float high, params ReadOnlySpan<int> shape) =>
        new(0, high, shape) { ElementType = ElementType.UInt8 };

    private static float[] Observations(NetworkSpec spec, Kind kind, int rows)
    {
        int size = rows * spec.ObservationSize;
        var random = new Pcg64(7);
        var observations = new float[size];
        for (int i = 0; i < size; i++)
        {
            observations[i] = kind switch
            {
                Kind.Integer => random.NextInt(0, 500),
                Kind.Flags => random.NextInt(0, 12) == 0 ? 1 : 0,
                Kind.Pixels => random.NextInt(0, 256),
                Kind.Vector or Kind.Wide or Kind.Recurrent or Kind.Transformer or Kind.SlowAndFast => (float)
                    random.NextGaussian(),
            };
        }
        return observations;
    }

    private static float[] Parameters(NetworkSpec spec)
    {
        var random = new Pcg64(1);
        return ParameterInitializer.Create(new ParameterLayout(spec), ref random);
    }

    private static float[] Normals(int count)
    {
        var random = new Pcg64(5);
        var values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextGaussian();
        }
        return values;
    }

    private static BenchmarkCase Act(string label, Kind kind, int rows) =>
        new($"act/{label}-{rows}", name => Compare(name, engine => Forward(engine, kind, rows)));

    private static BenchmarkCase Learn(string label, Kind kind, string agent, int samples) =>
        new($"update/{label}-{samples}", name => Compare(name, engine => Update(engine, kind, agent, samples)));

    private static IEnumerable<BenchmarkResult> Compare(
        string name,
        Func<EngineKind, (double[] Seconds, double Cpu, double Bytes)> measure
    )
    {
        (double[] managed, double managedCpu, double managedBytes) = measure(EngineKind.Managed);
        (double[] torch, double torchCpu, double torchBytes) = measure(EngineKind.Torch);
        double ratio = Stopwatches.Median(torch) / Stopwatches.Median(managed);
        yield return BenchmarkResult.Of(name, "managed", Microseconds(managed), "us", managedCpu, managedBytes) with
        {
            RatioToTorch = ratio,
        };
        yield return BenchmarkResult.Of(name, "torch", Microseconds(torch), "us", torchCpu, torchBytes) with
        {
            RatioToTorch = 1,
        };
    }

    private static double[] Microseconds(double[] seconds) => [.. seconds.Select(second => second * 1e6)];
}
