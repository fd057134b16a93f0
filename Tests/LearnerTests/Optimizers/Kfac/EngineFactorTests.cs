using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers.Kfac;
using Tests.LearnerTests.Engines;
using Xunit;
using Optimizer = Learners.Optimizers.Kfac.Kfac;

namespace Tests.LearnerTests.Optimizers.Kfac;

/// <summary>Factors of convolutions and memories as a backward pass of each engine gathers them, against closed forms.</summary>
public sealed class EngineFactorTests
{
    private static readonly Objective[] Objectives = [new PolicyGradientObjective(), new ValueObjective(0.5f)];

    public static TheoryData<EngineKind> Engines => [EngineKind.Managed, EngineKind.Torch];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Backward_ConvolutionOfKnownImages_HasTheKnownInputFactor(EngineKind kind)
    {
        NetworkSpec spec = Convolution(side: 3, filters: 2);
        var batch = new SampleBatch(spec, 2);
        for (int i = 0; i < 18; i++)
        {
            batch.Features[i] = i + 1;
        }
        Optimizer optimizer = Gather(kind, spec, GradientEngineContractTests.Parameters(spec), batch);

        double[] input = ClosedForms.Mean(Layer(optimizer, "encoder.conv.0").Block.Input);
        Assert.Equal([19.75, 21.625, 25.375, 27.25, 1.875], input[..5].Select(value => Math.Round(value, 5)));
        Assert.Equal([1.875, 2.125, 2.625, 2.875, 0.25], input[20..].Select(value => Math.Round(value, 5)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Backward_KernelAsLargeAsTheImage_GathersTheFactorsOfADenseLayer(EngineKind kind)
    {
        NetworkSpec convolution = Convolution(side: 2, filters: 4);
        var dense = new NetworkSpec(
            new Box(-5, 5, 4),
            new Discrete(2),
            new NetworkSettings
            {
                HiddenSizes = [4],
                SharedTrunk = true,
                Activation = Activation.Relu,
            }
        );
        float[] parameters = GradientEngineContractTests.Parameters(dense);
        Assert.Equal(new ParameterLayout(convolution).Count, parameters.Length);
        var images = new SampleBatch(convolution, 40);
        var rows = new SampleBatch(dense, 40);
        var random = new Pcg64(3);
        for (int i = 0; i < images.Features.Length; i++)
        {
            images.Features[i] = rows.Features[i] = (float)random.NextGaussian();
        }

        Optimizer one = Gather(kind, convolution, parameters, images);
        Optimizer other = Gather(kind, dense, parameters, rows);

        foreach ((KfacLayer first, KfacLayer second) in one.Layers.Zip(other.Layers))
        {
            Assert.Equal(first.Factors.Count, second.Factors.Count);
            foreach ((RunningFactor<float> a, RunningFactor<float> b) in first.Factors.Zip(second.Factors))
            {
                Assert.Contains(ClosedForms.Mean(a), value => Math.Abs(value) > 1e-3);
                Assert.All(ClosedForms.Mean(a).Zip(ClosedForms.Mean(b)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            }
        }
    }

    [Theory]
    [InlineData(EngineKind.Managed, "lstm, shared, gaussian, no encoder")]
    [InlineData(EngineKind.Torch, "lstm, shared, gaussian, no encoder")]
    public void Backward_Memory_HasTheSecondMomentsOfInputsAndOfEarlierStates(EngineKind kind, string network)
    {
        NetworkSpec spec = GradientEngineContractTests.Networks[network];
        float[] parameters = GradientEngineContractTests.Parameters(spec);
        using IGradientEngine acting = GradientEngines.Create(EngineKind.Managed, spec, (float[])parameters.Clone());
        SampleBatch batch = GradientEngineContractTests.Batch(spec, acting, 64);
        int sequences = batch.Count / batch.Steps;
        int size = spec.Settings.CoreSize;
        int inputs = spec.FeatureSize;

        Optimizer optimizer = Gather(kind, spec, parameters, batch);

        // Step by step: what the memory held before each step, which a new episode clears.
        var state = (float[])batch.InitialCoreState.Clone();
        var expectedInput = new double[inputs + 1];
        var expectedHidden = new double[size + 1];
        for (int step = 0; step < batch.Steps; step++)
        {
            bool[] starts = batch.EpisodeStarts[(step * sequences)..((step + 1) * sequences)];
            for (int sequence = 0; sequence < sequences; sequence++)
            {
                float[] hidden = state[(sequence * spec.CoreStateSize)..(sequence * spec.CoreStateSize + size)];
                float factor = starts[sequence] ? 0 : hidden[0];
                float feature = batch.Features[(step * sequences + sequence) * inputs];
                for (int i = 0; i <= size; i++)
                {
                    expectedHidden[i] += factor * (i < size ? hidden[i] : 1.0) / batch.Count;
                }
                for (int i = 0; i <= inputs; i++)
                {
                    double value = i < inputs ? batch.Features[(step * sequences + sequence) * inputs + i] : 1;
                    expectedInput[i] += feature * value / batch.Count;
                }
            }
            acting.Network.Unroll(
                1,
                batch.Observations.AsSpan(step * sequences * inputs, sequences * inputs),
                starts,
                state,
                new float[sequences * spec.DistributionSize],
                new float[sequences]
            );
        }
        double[] input = ClosedForms.Mean(Layer(optimizer, "core.input").Block.Input);
        double[] earlier = ClosedForms.Mean(Layer(optimizer, "core.hidden").Block.Input);
        Assert.All(expectedInput.Zip(input), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.All(expectedHidden.Zip(earlier), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.True(Math.Abs(expectedHidden[0]) > 1e-3, "states must matter");
    }

    /// <summary>Prediction of a PPR core has no loss where nothing reads its branch.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Update_LayersThatNoLossReaches_StayAndTheOthersStepNaturally(EngineKind kind)
    {
        var spec = new NetworkSpec(
            new Box(-1, 1, 3),
            new Discrete(2),
            new NetworkSettings
            {
                HiddenSizes = [],
                Core = "ppr",
                CoreSize = 4,
            }
        );
        float[] pinned = GC.AllocateArray<float>(new ParameterLayout(spec).Count, pinned: true);
        GradientEngineContractTests.Parameters(spec).CopyTo(pinned, 0);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, pinned);
        SampleBatch batch = GradientEngineContractTests.Batch(spec, engine, 32);
        var layout = new ParameterLayout(spec);
        var kfac = new Optimizer(layout, new KfacSettings { ColdUpdates = 1 }, new Pcg64(1));
        float[] before = engine.Parameters.ToArray();
        engine.Use(Objectives);
        for (int i = 0; i < 4; i++)
        {
            engine.Backward(batch, 0, new double[2], new float[batch.Count], kfac.BeginUpdate());
            kfac.Update(engine.Parameters, engine.Gradient, 0.1f);
            engine.ParametersChanged();
        }

        var state = new StateDictionary();
        kfac.SaveState(state);
        var counters = new long[5];
        state.Read<long>("kfac_counters", counters);
        Assert.Equal(4, counters[1]); // folds
        Assert.True(counters[3] > 0, "bases must have been decomposed");
        foreach (ParameterSlot slot in layout.Slots)
        {
            bool moved = !slot.In(engine.Parameters).SequenceEqual(slot.In(before.AsSpan()));
            Assert.True(moved != slot.Name.Contains(".prediction.", StringComparison.Ordinal), slot.Name);
        }
        Assert.DoesNotContain(engine.Parameters.ToArray(), number => !float.IsFinite(number));
    }

    private static KfacLayer Layer(Optimizer optimizer, string name) => optimizer.Layers.Single(layer => layer.Name == name);

    private static NetworkSpec Convolution(int side, int filters) =>
        new(
            new Box(0, 255, side, side, 1) { ElementType = ElementType.UInt8 },
            new Discrete(2),
            new NetworkSettings
            {
                Encoder = EncoderKind.Conv,
                Convolutions = [new ConvolutionSettings { Channels = filters, Kernel = 2 }],
                HiddenSizes = [],
                SharedTrunk = true,
                Activation = Activation.Relu,
            }
        );

    private static Optimizer Gather(EngineKind kind, NetworkSpec spec, float[] parameters, SampleBatch batch)
    {
        float[] pinned = GC.AllocateArray<float>(parameters.Length, pinned: true);
        parameters.CopyTo(pinned, 0);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, pinned);
        var optimizer = new Optimizer(new ParameterLayout(spec), new KfacSettings(), new Pcg64(77));
        engine.Use(Objectives);
        engine.Backward(batch, 0, new double[2], new float[batch.Count], optimizer.BeginUpdate());
        foreach (KfacLayer layer in optimizer.Layers)
        {
            Assert.True(layer.HasSamples, layer.Name);
            layer.Fold(1);
        }
        return optimizer;
    }
}
