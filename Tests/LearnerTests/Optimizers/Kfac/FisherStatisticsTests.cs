using Agents.Kernels;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers.Kfac;
using Tests.LearnerTests.Engines;
using Xunit;
using Optimizer = Learners.Optimizers.Kfac.Kfac;

namespace Tests.LearnerTests.Optimizers.Kfac;

/// <summary>Factors that each engine gathers, against closed forms and against each other.</summary>
public sealed class FisherStatisticsTests
{
    public static TheoryData<string, SharedUses, BiasKind> Networks
    {
        get
        {
            var data = new TheoryData<string, SharedUses, BiasKind>();
            foreach (string network in GradientEngineContractTests.Networks.Keys)
            {
                data.Add(network, SharedUses.Independent, BiasKind.Homogeneous);
            }
            foreach (string network in (string[])["lstm", "gru", "flags, two convolutions, separate, tanh"])
            {
                data.Add(network, SharedUses.Summed, BiasKind.Homogeneous);
                data.Add(network, SharedUses.Independent, BiasKind.Split);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_BothEngines_GatherTheSameFactorsAndLeaveTheSameGradient(string network, SharedUses uses, BiasKind bias)
    {
        NetworkSpec spec = GradientEngineContractTests.Networks[network];
        float[] parameters = GradientEngineContractTests.Parameters(spec);
        using IGradientEngine managed = GradientEngines.Create(EngineKind.Managed, spec, (float[])parameters.Clone());
        using IGradientEngine torch = GradientEngines.Create(EngineKind.Torch, spec, (float[])Pinned(parameters));
        SampleBatch batch = GradientEngineContractTests.Batch(spec, managed, 64);
        var options = new KfacSettings { SharedUses = uses, Bias = bias };

        Optimizer expected = Gather(torch, batch, options);
        float[] gradient = torch.Gradient.ToArray();
        Optimizer gathered = Gather(managed, batch, options);

        Assert.Equal(expected.Layers.Select(layer => layer.Name), gathered.Layers.Select(layer => layer.Name));
        foreach ((KfacLayer one, KfacLayer other) in expected.Layers.Zip(gathered.Layers))
        {
            foreach ((RunningFactor<float> a, RunningFactor<float> b) in one.Factors.Zip(other.Factors))
            {
                double[] reference = ClosedForms.Mean(a);
                double scale = reference.Max(Math.Abs);
                Assert.True(scale > 0, $"{one.Name} saw nothing");
                Assert.All(
                    reference.Zip(ClosedForms.Mean(b)),
                    pair => Assert.Equal(pair.First / scale, pair.Second / scale, 1e-4)
                );
            }
        }
        for (int i = 0; i < expected.Diagonal.Slots.Count; i++)
        {
            float[] reference = expected.Diagonal.Mean(i).ToArray();
            float scale = reference.Max();
            Assert.True(scale > 0, $"{expected.Diagonal.Slots[i].Name} saw nothing");
            Assert.All(
                reference.Zip(gathered.Diagonal.Mean(i).ToArray()),
                pair => Assert.Equal(pair.First / scale, pair.Second / scale, 1e-4)
            );
        }
        // Statistics are gathered beside the gradient, never into it.
        Assert.All(gradient.Zip(Gradient(managed, batch)), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.All(gradient.Zip(managed.Gradient.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void Backward_LinearPolicyOfThreeRows_HasTheKnownInputFactor(EngineKind kind)
    {
        NetworkSpec spec = Linear(2, new Discrete(3));
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Zeros(spec));

        Optimizer optimizer = Gather(engine, Batch(spec, [1, 0, 0, 2, -1, 1]), new KfacSettings());

        double[] expected = [2, -1, 0, -1, 5, 3, 0, 3, 3];
        foreach (KfacLayer layer in optimizer.Layers)
        {
            Assert.All(
                ClosedForms.Mean(layer.Block.Input).Zip(expected),
                pair => Assert.Equal(pair.Second / 3, pair.First, 1e-6)
            );
        }
    }

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void Backward_UniformPolicy_HasTheFisherMatrixOfSoftmaxAndCritic(EngineKind kind)
    {
        NetworkSpec spec = Linear(2, new Discrete(3));
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Zeros(spec));
        const int samples = 60_000;
        SampleBatch batch = Batch(spec, [.. Enumerable.Range(0, samples).SelectMany(i => new[] { i % 3 - 1f, i % 2 })]);

        Optimizer optimizer = Gather(engine, batch, new KfacSettings { CriticFisherScale = 4 });

        // diag(p) − p pᵀ with p = 1/3, and 1/σ² for the critic: expectations over draws, each row's own gradient and no mean of them.
        double[] actor = ClosedForms.Mean(Layer(optimizer, "actor.head").Block.Output);
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(i % 4 == 0 ? 2 / 9.0 : -1 / 9.0, actor[i], 0.005);
        }
        Assert.Equal(4, Assert.Single(ClosedForms.Mean(Layer(optimizer, "critic.head").Block.Output)), 0.1);
    }

    [Fact]
    public void Factors_LogitsThatIgnoreTheInput_ProductIsTheExactFisherMatrix()
    {
        double[] a = ClosedForms.Mean(ClosedForms.InputFactor<double>());
        double[] g = [2 / 9.0, -1 / 9.0, -1 / 9.0, -1 / 9.0, 2 / 9.0, -1 / 9.0, -1 / 9.0, -1 / 9.0, 2 / 9.0];
        var rows = new double[3 * 3];
        for (int action = 0; action < 3; action++)
        {
            for (int i = 0; i < 3; i++)
            {
                rows[action * 3 + i] = (i == action ? 1 : 0) - 1 / 3.0;
            }
        }
        RunningFactor<double> factor = ClosedForms.FactorOf<double>(rows, 3, homogeneous: false);
        Assert.All(ClosedForms.Mean(factor).Zip(g), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        Assert.Equal(0, factor.Basis.Values.Min());
        Assert.Equal([1 / 3.0, 1 / 3.0], factor.Basis.Values.Order().Skip(1).Select(value => Math.Round(value, 12) + 0.0), Near);

        // Σ over rows and actions of p(a) ∇ log p(a) ∇ log p(a)ᵀ, element ((i, k), (j, l)).
        double[][] inputs =
        [
            [1, 0, 1],
            [0, 2, 1],
            [-1, 1, 1],
        ];
        for (int element = 0; element < 81; element++)
        {
            (int i, int k, int j, int l) = (element / 27, element / 9 % 3, element / 3 % 3, element % 3);
            double exact = 0;
            foreach (double[] x in inputs)
            {
                for (int action = 0; action < 3; action++)
                {
                    exact += rows[action * 3 + i] * x[k] * rows[action * 3 + j] * x[l] / 9;
                }
            }
            Assert.Equal(exact, g[i * 3 + j] * a[k * 3 + l], 1e-12);
        }
    }

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void Backward_GaussianPolicy_HasTheInverseVarianceOfItsMean(EngineKind kind)
    {
        NetworkSpec spec = Linear(1, new Box(-1, 1, 2));
        float[] parameters = Zeros(spec);
        ParameterSlot logStd = new ParameterLayout(spec)["actor.log_std"];
        logStd.In(parameters.AsSpan())[0] = MathF.Log(0.5f);
        logStd.In(parameters.AsSpan())[1] = MathF.Log(2f);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, parameters);

        Optimizer optimizer = Gather(engine, Batch(spec, new float[100_000]), new KfacSettings());

        double[] factor = ClosedForms.Mean(Layer(optimizer, "actor.head").Block.Output);
        Assert.Equal(4, factor[0], 0.12);
        Assert.Equal(0.25, factor[3], 0.0075);
        Assert.Equal(0, factor[1], 0.03);
    }

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void Backward_RowsGivenTwice_ChangeNoFactor(EngineKind kind)
    {
        // Means over rows: a batch that repeats has the same inputs' factor, and no factor grows or shrinks with the batch.
        NetworkSpec spec = Linear(2, new Discrete(3));
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Zeros(spec));
        float[] rows = [.. Enumerable.Range(0, 20_000).SelectMany(i => new[] { i % 5 - 2f, i % 3 })];

        Optimizer once = Gather(engine, Batch(spec, rows), new KfacSettings());
        Optimizer twice = Gather(engine, Batch(spec, [.. rows, .. rows]), new KfacSettings());

        foreach ((KfacLayer one, KfacLayer other) in once.Layers.Zip(twice.Layers))
        {
            Assert.All(
                ClosedForms.Mean(one.Block.Input).Zip(ClosedForms.Mean(other.Block.Input)),
                pair => Assert.Equal(pair.First, pair.Second, 1e-4)
            );
            Assert.Equal(
                ClosedForms.Mean(one.Block.Output)[0],
                ClosedForms.Mean(other.Block.Output)[0],
                0.05 * ClosedForms.Mean(one.Block.Output)[0]
            );
        }
    }

    [Fact]
    public void AddConvolution_KnownImages_HasTheKnownFactors()
    {
        KfacLayer layer = Convolution(3, 2, new KfacSettings());
        float[] images = [.. Enumerable.Range(1, 18).Select(i => (float)i)];
        float[] gradients = [1, 0, 2, 0, -1, 1, 0, 3];
        layer.AddConvolution(new ConvolutionShape(3, 3, 1, 2, 1, 1), images, gradients, 2);
        Assert.True(layer.IsFinite());
        layer.Fold(1);

        double[] input = ClosedForms.Mean(layer.Block.Input);
        Assert.Equal([316.0, 346, 406, 436, 30], input[..5].Select(value => 16 * value));
        Assert.Equal([30.0, 34, 42, 46, 4], input[20..].Select(value => 16 * value));
        // Γ T² with Γ the mean over 2 images × 4 positions.
        Assert.Equal(16 * (1 + 4 + 1 + 1 + 9) / 8.0, Assert.Single(ClosedForms.Mean(layer.Block.Output)));
    }

    [Fact]
    public void AddConvolution_SummedUses_AreMeansOfPatchesAndSumsOfGradients()
    {
        KfacLayer layer = Convolution(3, 2, new KfacSettings { SharedUses = SharedUses.Summed });
        float[] images = [.. Enumerable.Range(1, 18).Select(i => (float)i)];
        float[] gradients = [1, 0, 2, 0, -1, 1, 0, 3];
        layer.AddConvolution(new ConvolutionShape(3, 3, 1, 2, 1, 1), images, gradients, 2);
        layer.Fold(1);

        // Mean patches (3, 4, 6, 7) and (12, 13, 15, 16); sums of gradients 3 and 3.
        double[] input = ClosedForms.Mean(layer.Block.Input);
        Assert.Equal([(9 + 144) / 2.0, (12 + 156) / 2.0, (18 + 180) / 2.0, (21 + 192) / 2.0, 7.5], input[..5]);
        Assert.Equal(1, input[24]);
        Assert.Equal(9, Assert.Single(ClosedForms.Mean(layer.Block.Output)));
    }

    [Fact]
    public void AddDense_RowsBesideTheSamples_CountAsFurtherUsesOfASample()
    {
        var layout = new ParameterLayout(Linear(2, new Discrete(2)));
        var layer = new KfacLayer(layout, layout["critic.head.weight"], new KfacSettings { Bias = BiasKind.Split });
        layer.AddDense([1, 2, 3, 4], [1, 2], 2, 1);
        layer.AddDense([1, 0, 0, 1, 2, 0, 0, 2], [3, 0, 0, 1], 4, 1, areSamples: false);
        layer.Fold(1);

        // Six rows of inputs, two samples.
        Assert.Equal([2.5, 2.333333, 4.166667], Upper(ClosedForms.Mean(layer.Block.Input)));
        Assert.Equal((1 + 4 + 9 + 1) / 2.0, Assert.Single(ClosedForms.Mean(layer.Block.Output)));

        static double[] Upper(double[] matrix) => [Math.Round(matrix[0], 6), Math.Round(matrix[1], 6), Math.Round(matrix[3], 6)];
    }

    [Fact]
    public void AddDense_SummedRowsBesideTheSamples_AreFurtherSamplesOfInputs()
    {
        var layout = new ParameterLayout(Linear(2, new Discrete(2)));
        var options = new KfacSettings { Bias = BiasKind.Split, SharedUses = SharedUses.Summed };
        var layer = new KfacLayer(layout, layout["critic.head.weight"], options);
        layer.AddDense([1, 2, 3, 4], [1, 2], 2, 2); // one sequence of two steps
        layer.AddDense([1, 0, 0, 1, 2, 0, 1, 3], [3, 0, 0, 1], 4, 4, areSamples: false); // and four before it
        layer.Fold(1);

        // Means (2, 3) and (1, 1), sums of gradients 3 and 4; two steps are two samples.
        Assert.Equal([2.5, 3.5, 5], ((int[])[0, 1, 3]).Select(i => Math.Round(ClosedForms.Mean(layer.Block.Input)[i], 5)));
        Assert.Equal((9 + 16) / 2.0, Assert.Single(ClosedForms.Mean(layer.Block.Output)), 1e-5);
    }

    [Fact]
    public void DiagonalsOf_GainBesideAWeight_IsAmongThem()
    {
        var layout = new ParameterLayout(
            Linear(2, new Discrete(2)) with
            {
                Settings = new NetworkSettings { Core = "ln_lstm", CoreSize = 4 },
            }
        );
        string[] covered =
        [
            .. Optimizer.LayersOf(layout).SelectMany(slot => (string[])[slot.Name, slot.Name.Replace(".weight", ".bias")]),
            .. Optimizer.DiagonalsOf(layout).Select(slot => slot.Name),
        ];

        Assert.Empty(layout.Slots.Select(slot => slot.Name).Except(covered));
        Assert.Empty(
            Optimizer.DiagonalsOf(layout).Select(slot => slot.Name).Intersect(covered[..^Optimizer.DiagonalsOf(layout).Count()])
        );
    }

    [Fact]
    public void Diagonal_BlocksOfRows_AreSquaresOfSumsPerRow()
    {
        var diagonal = new DiagonalFisher([new ParameterSlot("gain", [2], 1)]);
        diagonal.Begin(4);
        diagonal.Add(0, [1, 2]);
        diagonal.Begin(1);
        diagonal.Add(0, [3, 0]);
        diagonal.Fold(1);
        var direction = new float[3];

        diagonal.Solve([9, 5, 2], direction, damping: 0.5);

        Assert.Equal([2f, 0.8f], diagonal.Mean(0).ToArray());
        Assert.Equal([0f, 2f, 2 / 1.3f], direction);
    }

    [Theory]
    [InlineData(SharedUses.Independent)]
    [InlineData(SharedUses.Summed)]
    public void AddConvolution_KernelAsLargeAsTheImage_IsADenseLayer(SharedUses uses)
    {
        var options = new KfacSettings { SharedUses = uses };
        KfacLayer convolution = Convolution(2, 2, options);
        KfacLayer dense = Convolution(2, 2, options);
        float[] images = [1, 2, 3, 4, -1, 0, 2, 1, 0.5f, 0, 0, -2];
        float[] gradients = [1, -2, 0.5f];

        convolution.AddConvolution(new ConvolutionShape(2, 2, 1, 2, 1, 1), images, gradients, 3);
        dense.AddDense(images, gradients, 3, 1);
        float[] gradient = [1, 2, 3, 4, 5];
        float[] one = Solve(convolution, gradient);
        float[] other = Solve(dense, gradient);

        Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.True(one.Zip(gradient).Any(pair => Math.Abs(pair.First - pair.Second) > 0.1), "the factors must do something");
    }

    [Fact]
    public void AddDense_SameInputsAtAllStepsSummed_IsTheExactFisherMatrix()
    {
        // Two sequences of three steps, time-major; the gradient of the weight is Σ_t g_t x_tᵀ = (Σ_t g_t) xᵀ.
        KfacLayer layer = Convolution(2, 2, new KfacSettings { SharedUses = SharedUses.Summed });
        float[][] inputs =
        [
            [1, 2, 0, -1],
            [0.5f, 0, 3, 1],
        ];
        float[] gradients = [1, -2, 0.5f, 3, 2, 1];
        layer.AddDense([.. inputs[0], .. inputs[1], .. inputs[0], .. inputs[1], .. inputs[0], .. inputs[1]], gradients, 6, 3);
        layer.Fold(1);

        double[] a = ClosedForms.Mean(layer.Block.Input);
        double g = ClosedForms.Mean(layer.Block.Output)[0];
        double[] sums = [1 + 0.5 + 2, -2 + 3 + 1];
        // With one sequence's rows alone the product of factors is exact; with two it is that of the means.
        Assert.Equal((sums[0] * sums[0] + sums[1] * sums[1]) / 6, g, 1e-6);
        for (int i = 0; i < 5; i++)
        {
            double x0 = i < 4 ? inputs[0][i] : 1;
            double x1 = i < 4 ? inputs[1][i] : 1;
            Assert.Equal((x0 * 1 + x1 * 1) / 2, a[i * 5 + 4], 1e-6);
        }
    }

    private static Comparer<double> Comparison { get; } =
        Comparer<double>.Create((x, y) => Math.Abs(x - y) < 1e-9 ? 0 : x.CompareTo(y));

    private static bool Near(double x, double y) => Comparison.Compare(x, y) == 0;

    private static float[] Solve(KfacLayer layer, float[] gradient)
    {
        layer.Fold(1);
        foreach (RunningFactor<float> factor in layer.Factors)
        {
            ClosedForms.Decompose(factor);
        }
        var direction = new float[gradient.Length];
        layer.Solve(gradient, direction);
        return direction;
    }

    /// <summary>A layer of one filter, outside of any network: weight at 0, bias behind it.</summary>
    private static KfacLayer Convolution(int side, int kernel, KfacSettings options)
    {
        var spec = new NetworkSpec(
            new Box(0, 255, side, side, 1) { ElementType = ElementType.UInt8 },
            new Discrete(2),
            new NetworkSettings
            {
                Encoder = EncoderKind.Conv,
                Convolutions = [new ConvolutionSettings { Channels = 1, Kernel = kernel }],
                HiddenSizes = [],
                SharedTrunk = true,
            }
        );
        var layout = new ParameterLayout(spec);
        return new KfacLayer(layout, layout["encoder.conv.0.weight"], options);
    }

    private static Optimizer Gather(IGradientEngine engine, SampleBatch batch, KfacSettings options)
    {
        var optimizer = new Optimizer(new ParameterLayout(engine.Network.Spec), options, new Pcg64(77));
        engine.Use(Objectives);
        engine.Backward(batch, 0, new double[2], new float[batch.Count], optimizer.BeginUpdate());
        Assert.All(optimizer.Layers, layer => Assert.True(layer.HasSamples, layer.Name));
        Assert.All(optimizer.Layers, layer => Assert.True(layer.IsFinite(), layer.Name));
        optimizer.Diagonal.Fold(1);
        foreach (KfacLayer layer in optimizer.Layers)
        {
            layer.Fold(1);
            foreach (RunningFactor<float> factor in layer.Factors)
            {
                ClosedForms.Decompose(factor);
            }
        }
        return optimizer;
    }

    private static float[] Gradient(IGradientEngine engine, SampleBatch batch)
    {
        engine.Use(Objectives);
        engine.Backward(batch, 0, new double[2], new float[batch.Count]);
        return engine.Gradient.ToArray();
    }

    private static Objective[] Objectives { get; } = [new PolicyGradientObjective(), new ValueObjective(0.5f)];

    private static KfacLayer Layer(Optimizer optimizer, string name) => optimizer.Layers.Single(layer => layer.Name == name);

    private static NetworkSpec Linear(int inputs, Space actions) =>
        new(new Box(-10, 10, inputs), actions, new NetworkSettings { HiddenSizes = [], SharedTrunk = true });

    private static float[] Zeros(NetworkSpec spec) => GC.AllocateArray<float>(new ParameterLayout(spec).Count, pinned: true);

    private static float[] Pinned(float[] values)
    {
        float[] pinned = GC.AllocateArray<float>(values.Length, pinned: true);
        values.CopyTo(pinned, 0);
        return pinned;
    }

    private static SampleBatch Batch(NetworkSpec spec, float[] features)
    {
        var batch = new SampleBatch(spec, features.Length / spec.FeatureSize);
        features.CopyTo(batch.Features, 0);
        return batch;
    }
}
