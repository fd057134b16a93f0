using Agents.Networks;
using Agents.Networks.Cores.Transformers;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Ppo;
using Learners.Vmpo;
using Tests.AgentTests.Networks;
using Xunit;

namespace Tests.LearnerTests.Engines;

/// <summary>The managed engine is held to the reference: outputs, losses, gradients, and ten updates.</summary>
public sealed class GradientEngineContractTests
{
    public static TheoryData<string, string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (string network in Networks.Keys)
            {
                foreach (string objective in Objectives.Keys)
                {
                    data.Add(network, objective, 64);
                }
            }
            data.Add("categorical", "ppo", 256);
            data.Add("categorical", "ppo", 7);
            data.Add("categorical", "ppo", 131);
            data.Add("gaussian", "ppo", 131);
            return data;
        }
    }

    internal static Dictionary<string, NetworkSpec> Networks { get; } =
        new()
        {
            ["categorical"] = new(new Box(-5, 5, 8), new Discrete(4), new NetworkSettings()),
            ["categorical, shared, relu, odd sizes"] = new(
                new Box(-5, 5, 3),
                new Discrete(3),
                new NetworkSettings
                {
                    SharedTrunk = true,
                    Activation = Activation.Relu,
                    HiddenSizes = [33, 17, 5],
                }
            ),
            ["gaussian"] = new(new Box(-5, 5, 17), new Box(-1, 1, 6), new NetworkSettings { InitialLogStd = -0.3f }),
            ["multi-categorical, shared"] = new(
                new Box(-5, 5, 9),
                new MultiDiscrete(2, 4, 3),
                new NetworkSettings { SharedTrunk = true, HiddenSizes = [20] }
            ),
            ["lstm"] = new(
                new Box(-5, 5, 5),
                new Discrete(3),
                new NetworkSettings
                {
                    HiddenSizes = [16],
                    Core = "lstm",
                    CoreSize = 12,
                }
            ),
            ["lstm, shared, gaussian, no encoder"] = new(
                new Box(-5, 5, 5),
                new Box(-1, 1, 2),
                new NetworkSettings
                {
                    HiddenSizes = [],
                    SharedTrunk = true,
                    Core = "lstm",
                    CoreSize = 20,
                }
            ),
            ["gru"] = new(
                new Box(-5, 5, 5),
                new Discrete(3),
                new NetworkSettings
                {
                    HiddenSizes = [16],
                    Core = "gru",
                    CoreSize = 12,
                }
            ),
            ["gru, shared, gaussian"] = new(
                new Box(-5, 5, 5),
                new Box(-1, 1, 2),
                new NetworkSettings
                {
                    HiddenSizes = [10],
                    SharedTrunk = true,
                    Core = "gru",
                    CoreSize = 21,
                }
            ),
            ["gtrxl"] = Transformer(
                new TransformerSettings
                {
                    Layers = 2,
                    MemoryLength = 5,
                    FeedForwardSize = 12,
                },
                shared: true
            ),
            ["gtrxl, separate, no encoder, long memory"] = Transformer(
                new TransformerSettings
                {
                    Layers = 1,
                    Heads = 3,
                    HeadSize = 5,
                    MemoryLength = 40,
                },
                shared: false
            ),
            ["trxl"] = Transformer(
                new TransformerSettings
                {
                    MemoryLength = 5,
                    Norm = NormPlacement.Post,
                    Gate = GateKind.Residual,
                },
                shared: true
            ),
            ["trxl-i"] = Transformer(new TransformerSettings { MemoryLength = 5, Gate = GateKind.Residual }, shared: true),
            ["input gates"] = Transformer(new TransformerSettings { MemoryLength = 5, Gate = GateKind.Input }, shared: true),
            ["output gates"] = Transformer(new TransformerSettings { MemoryLength = 5, Gate = GateKind.Output }, shared: true),
            ["highway gates"] = Transformer(new TransformerSettings { MemoryLength = 5, Gate = GateKind.Highway }, shared: true),
            ["sigmoid-tanh gates"] = Transformer(
                new TransformerSettings { MemoryLength = 5, Gate = GateKind.SigTanh },
                shared: true
            ),
            ["no hidden layer"] = new(new Box(-5, 5, 4), new Discrete(2), new NetworkSettings { HiddenSizes = [] }),
            ["no hidden layer, shared"] = new(
                new Box(-5, 5, 4),
                new Discrete(2),
                new NetworkSettings { HiddenSizes = [], SharedTrunk = true }
            ),
            ["flags"] = ImageSpecs.Flags(new NetworkSettings()),
            ["flags, two convolutions, separate, tanh"] = ImageSpecs.Flags(ImageSpecs.TwoConvolutions),
            ["flags, lstm"] = ImageSpecs.Flags(new NetworkSettings { Core = "lstm", CoreSize = 12 }),
            ["flags, convolution alone"] = ImageSpecs.Flags(new NetworkSettings { HiddenSizes = [], SharedTrunk = false }),
            ["pixels, odd sizes"] = ImageSpecs.Pixels(),
            ["symbols beside an integer"] = ImageSpecs.SymbolsBesideInteger(),
            ["two images, shared gru"] = ImageSpecs.TwoImages(),
            ["many integers"] = new(new Discrete(500), new Discrete(6), new NetworkSettings { HiddenSizes = [16, 9] }),
            ["view of a dictionary"] = ViewSpecs.Dictionary(),
            ["view of integers, gru"] = ViewSpecs.Integers(),
            ["table"] = ViewSpecs.Table(),
            ["table, hidden layers, gru"] = ViewSpecs.Table(8, "gru"),
            ["integers"] = new(new Discrete(9), new Discrete(2), new NetworkSettings { HiddenSizes = [16] }),
        };

    internal static Dictionary<string, Func<NetworkSpec, Objective[]>> Objectives { get; } =
        new()
        {
            ["a2c"] = _ => [new PolicyGradientObjective(), new ValueObjective(0.5f), new EntropyObjective(0.01f)],
            ["vmpo"] = spec => new VmpoSettings().Objectives(spec),
            ["ppo"] = _ =>
                [
                    new ClippedSurrogateObjective(new PpoSettings().ClipRangeAt),
                    new ClippedValueObjective(new PpoSettings()),
                    new EntropyObjective(0.01f),
                ],
        };

    private static NetworkSpec Transformer(TransformerSettings transformer, bool shared) =>
        new(
            new Box(-5, 5, 5),
            new Discrete(3),
            new NetworkSettings
            {
                HiddenSizes = shared ? [16] : [],
                SharedTrunk = shared,
                Core = "gtrxl",
                CoreSize = 10,
                Transformer = transformer,
            }
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_SameParametersAndBatch_GivesTheSameLossesAndGradient(string network, string objective, int count)
    {
        NetworkSpec spec = Networks[network];
        Objective[] objectives = Objectives[objective](spec);
        float[] parameters = Parameters(spec);
        using IGradientEngine managed = GradientEngines.Create(EngineKind.Managed, spec, (float[])parameters.Clone());
        using IGradientEngine torch = GradientEngines.Create(EngineKind.Torch, spec, parameters);
        SampleBatch batch = Batch(spec, managed, count);
        foreach (IAdaptiveObjective adaptive in objectives.OfType<IAdaptiveObjective>())
        {
            adaptive.Begin(batch);
        }
        torch.Use(objectives);
        managed.Use(objectives);
        var expectedLosses = new double[objectives.Length];
        var losses = new double[objectives.Length];
        var expectedLogProbs = new float[count];
        var logProbs = new float[count];

        torch.Backward(batch, 0.25, expectedLosses, expectedLogProbs);
        managed.Backward(batch, 0.25, losses, logProbs);

        Assert.All(expectedLosses.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(expectedLogProbs.Zip(logProbs), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        double norm = Math.Sqrt(torch.Gradient.ToArray().Sum(value => (double)value * value));
        double difference = Math.Sqrt(
            torch.Gradient.ToArray().Zip(managed.Gradient.ToArray()).Sum(pair => Math.Pow(pair.First - pair.Second, 2))
        );
        Assert.True(norm > 1e-3, "the gradient must not vanish");
        Assert.True(difference <= 1e-4 * norm, $"relative difference {difference / norm}");
    }

    [Theory]
    [InlineData("categorical")]
    [InlineData("gaussian")]
    [InlineData("categorical, shared, relu, odd sizes")]
    public void Backward_TenUpdatesFromTheSameParameters_EndTogether(string network)
    {
        NetworkSpec spec = Networks[network];
        Objective[] objectives = Objectives["ppo"](spec);
        float[] parameters = Parameters(spec);
        using IGradientEngine managed = GradientEngines.Create(EngineKind.Managed, spec, (float[])parameters.Clone());
        using IGradientEngine torch = GradientEngines.Create(EngineKind.Torch, spec, parameters);
        SampleBatch batch = Batch(spec, managed, 64);

        foreach (IGradientEngine engine in (IGradientEngine[])[managed, torch])
        {
            engine.Use(objectives);
            var optimizer = new Adam(engine.Parameters.Length, new AdamSettings());
            for (int i = 0; i < 10; i++)
            {
                engine.Backward(batch, 0, new double[objectives.Length], new float[64]);
                GlobalNorm.Clip(engine.Gradient, 0.5f);
                optimizer.Update(engine.Parameters, engine.Gradient, 1e-3f);
                engine.ParametersChanged();
            }
        }

        Assert.All(
            torch.Parameters.ToArray().Zip(managed.Parameters.ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-3)
        );
        Assert.NotEqual(Parameters(spec), managed.Parameters.ToArray());
    }

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void Backward_AsManySamplesInMoreSequences_IsThatOfANewEngine(EngineKind kind)
    {
        NetworkSpec spec = Networks["lstm"];
        using IGradientEngine used = GradientEngines.Create(kind, spec, Parameters(spec));
        using IGradientEngine fresh = GradientEngines.Create(kind, spec, Parameters(spec));
        SampleBatch few = Batch(spec, used, 64); // four sequences
        var many = new SampleBatch(spec, 64, steps: 4);
        many.Batch.Gather(few.Batch, [.. Enumerable.Range(0, 64)]);
        used.Use(Objectives["a2c"](spec));
        fresh.Use(Objectives["a2c"](spec));

        used.Backward(few, 0, new double[3], new float[64]);
        float[] before = used.Gradient.ToArray();
        used.Backward(many, 0, new double[3], new float[64]);
        fresh.Backward(many, 0, new double[3], new float[64]);

        Assert.Equal(fresh.Gradient.ToArray(), used.Gradient.ToArray());
        Assert.NotEqual(before, used.Gradient.ToArray());
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("flags")]
    [InlineData("gtrxl")]
    [InlineData("pixels, odd sizes")]
    [InlineData("symbols beside an integer")]
    public void Backward_SteadyState_AllocatesNothing(string network)
    {
        NetworkSpec spec = Networks[network];
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec));
        int count = spec.CoreStateSize > 0 ? 128 : 131; // sequences are whole
        SampleBatch batch = Batch(spec, engine, count);
        var losses = new double[3];
        var logProbs = new float[count];
        Objective[] objectives = Objectives["ppo"](spec);
        engine.Use(objectives);
        for (int i = 0; i < 50; i++)
        {
            engine.Backward(batch, 0, losses, logProbs);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 50; i++)
        {
            engine.Backward(batch, 0, losses, logProbs);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    internal static float[] Parameters(NetworkSpec spec)
    {
        var random = new Pcg64(17);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        ImageSpecs.Disturb(new ParameterLayout(spec), parameters, 0.05f, ref random);
        return parameters;
    }

    /// <summary>Random samples with ratios and values on both sides of the clip range.</summary>
    internal static SampleBatch Batch(NetworkSpec spec, IGradientEngine engine, int count)
    {
        var random = new Pcg64(23);
        bool recurrent = spec.CoreStateSize > 0;
        var batch = new SampleBatch(spec, count, recurrent ? count / 4 : 1);
        if (recurrent)
        {
            for (int i = 0; i < batch.InitialCoreState.Length; i++)
            {
                batch.InitialCoreState[i] = 0.3f * (float)random.NextGaussian();
            }
            int stateSize = spec.State.Size;
            for (int i = stateSize - 1; spec.Settings.Core == "gtrxl" && i < batch.InitialCoreState.Length; i += stateSize)
            {
                // The age of the episode: a transformer looks at nothing from before its start.
                batch.InitialCoreState[i] = random.NextInt(0, 2 * spec.Settings.Transformer.MemoryLength);
            }
            for (int i = 0; i < count; i++)
            {
                batch.EpisodeStarts[i] = random.NextDouble() < 0.1;
            }
        }
        var observation = new float[spec.ObservationSize];
        for (int i = 0; i < count; i++)
        {
            ImageSpecs.Sample(spec.ObservationSpace, ref random, observation);
            observation.CopyTo(batch.Observations, i * spec.ObservationSize);
            spec.Plan.Features.EncodeRows(observation, batch.Features.AsSpan(i * spec.FeatureSize, spec.FeatureSize));
            spec.ActionSpace.Sample(ref random, batch.Actions.AsSpan(i * spec.ActionSpace.Size, spec.ActionSpace.Size));
            batch.Advantages[i] = (float)random.NextGaussian();
        }
        var logProbs = new float[count];
        engine.Use([new EntropyObjective(1)]);
        engine.Backward(batch, 0, new double[1], logProbs);
        var distributions = new float[count * spec.DistributionSize];
        var state = (float[])batch.InitialCoreState.Clone();
        engine.Network.Unroll(batch.Steps, batch.Observations, batch.EpisodeStarts, state, distributions, batch.OldValues);
        for (int i = 0; i < distributions.Length; i++)
        {
            batch.OldDistributions[i] = distributions[i] + 0.3f * (float)random.NextGaussian();
        }
        for (int i = 0; i < count; i++)
        {
            batch.BehaviourLogProbs[i] = logProbs[i] + 0.3f * (float)random.NextGaussian();
            batch.Returns[i] = batch.OldValues[i] + (float)random.NextGaussian();
            batch.OldValues[i] += 0.3f * (float)random.NextGaussian();
        }
        return batch;
    }
}
