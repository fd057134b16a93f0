using Agents.Networks;
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

/// <summary>Natural steps of real networks through each engine in float32, against closed forms and against the factors that led to them.</summary>
public sealed class EngineStepTests
{
    private static readonly KfacSettings Plain = new()
    {
        ColdUpdates = 0,
        Momentum = 0,
        KlClip = 100,
        StatisticsShare = 1,
        DecompositionTolerance = 0,
    };

    public static TheoryData<EngineKind> Engines => [EngineKind.Managed, EngineKind.Torch];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Update_LinearGaussianCritic_StepsToLeastSquares(EngineKind kind)
    {
        var spec = new NetworkSpec(
            new Box(-10, 10, 2),
            new Discrete(3),
            new NetworkSettings { HiddenSizes = [], SharedTrunk = true }
        );
        var parameters = new float[new ParameterLayout(spec).Count];
        using var training = new Training(kind, spec, Plain with { Damping = 1e-8, CriticFisherScale = 1 }, parameters, 30_000);
        ParameterSlot weight = training.Layout["critic.head.weight"];
        float[] before = [0.5f, -0.2f];
        before.CopyTo(weight.In(training.Engine.Parameters));
        training.Layout["critic.head.bias"].In(training.Engine.Parameters)[0] = 0.1f;
        training.Engine.ParametersChanged();
        for (int row = 0; row < training.Batch.Count; row++)
        {
            training.Batch.Features[2 * row] = (float)ClosedForms.Inputs[2 * (row % 3)];
            training.Batch.Features[2 * row + 1] = (float)ClosedForms.Inputs[2 * (row % 3) + 1];
            training.Batch.Returns[row] =
                row % 3 == 0 ? 1
                : row % 3 == 1 ? 0
                : 2;
        }

        training.Update(1);

        // With G at exactly 1 the step is (1.5, 0.8, −1.9) and ends in (−1, −1, 2); G is the mean of 30,000 squared draws.
        double g = Assert.Single(ClosedForms.Mean(training.Layer("critic.head").Block.Output));
        Assert.Equal(1, g, 0.04);
        Assert.Equal(1.5, g * (0.5 - weight.In(training.Engine.Parameters)[0]), 1e-3);
        Assert.Equal(0.8, g * (-0.2 - weight.In(training.Engine.Parameters)[1]), 1e-3);
        Assert.Equal(-1.9, g * (0.1 - training.Layout["critic.head.bias"].In(training.Engine.Parameters)[0]), 1e-3);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Update_LargeGradient_EndsOnTheTrustRegionOfItsFactors(EngineKind kind)
    {
        KfacSettings options = Plain with { KlClip = 0.001 };
        using Training training = Training.OfContract(kind, "categorical", options);
        float[] before = training.Engine.Parameters.ToArray();

        training.Update(0.25f);

        Assert.InRange(training.Optimizer.Diagnostics.Scale, 1e-6, 0.99);
        Assert.Equal(0.0005, training.ModelledDivergence("", before), 5e-6);
    }

    [Theory]
    [InlineData("categorical")]
    [InlineData("gaussian")]
    public void Update_SeparateTrustRegions_ActorAndCriticEndOnTheirOwn(string network)
    {
        KfacSettings options = Plain with { KlClip = 0.001, TrustRegion = TrustRegionScope.Separate };
        using Training training = Training.OfContract(EngineKind.Managed, network, options);
        float[] before = training.Engine.Parameters.ToArray();

        training.Update(0.25f);

        KfacDiagnostics figures = training.Optimizer.Diagnostics;
        Assert.Equal(0.0005, training.ModelledDivergence("actor", before), 5e-6);
        Assert.Equal(0.0005, training.ModelledDivergence("critic", before), 5e-6);
        Assert.Equal(0.001, figures.PredictedKl, 1e-6);
        Assert.NotEqual(figures.Scale, figures.CriticScale);
    }

    [Fact]
    public void Update_SeparateTrustRegionsOfASharedTrunk_AreOne()
    {
        KfacSettings options = Plain with { KlClip = 0.001 };
        using Training joint = Training.OfContract(EngineKind.Managed, "multi-categorical, shared", options);
        using Training separate = Training.OfContract(
            EngineKind.Managed,
            "multi-categorical, shared",
            options with
            {
                TrustRegion = TrustRegionScope.Separate,
            }
        );

        joint.Update(0.25f);
        separate.Update(0.25f);

        Assert.InRange(joint.Optimizer.Diagnostics.Scale, 1e-6, 0.99);
        Assert.Equal(joint.Engine.Parameters.ToArray(), separate.Engine.Parameters.ToArray());
    }

    [Fact]
    public void Update_SameBatchesOnBothEngines_TakeTheSameStepsWithMomentum()
    {
        KfacSettings options = Plain with { Momentum = 0.9, KlClip = 0.001, DecompositionInterval = 2 };
        using Training managed = Training.OfContract(EngineKind.Managed, "categorical", options);
        using Training torch = Training.OfContract(EngineKind.Torch, "categorical", options);
        float[] start = managed.Engine.Parameters.ToArray();

        for (int update = 0; update < 6; update++)
        {
            managed.Update(0.25f);
            torch.Update(0.25f);
        }

        double moved = start.Zip(managed.Engine.Parameters.ToArray(), (x, y) => Math.Pow(x - y, 2)).Sum();
        double apart = managed
            .Engine.Parameters.ToArray()
            .Zip(torch.Engine.Parameters.ToArray(), (x, y) => Math.Pow(x - y, 2))
            .Sum();
        Assert.True(moved > 1e-4, $"moved by {Math.Sqrt(moved)}");
        Assert.True(apart < 1e-4 * moved, $"{Math.Sqrt(apart)} apart after moving by {Math.Sqrt(moved)}");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Update_TransformedInputs_ChangesTheFunctionAlike(EngineKind kind)
    {
        (double[] change, double[] transformed) = (Changes(kind, false, natural: true), Changes(kind, true, natural: true));

        double scale = change.Max(Math.Abs);
        Assert.True(scale > 0.02, "the step must do something");
        Assert.All(change.Zip(transformed), pair => Assert.Equal(pair.First / scale, pair.Second / scale, 2e-3));
    }

    [Fact]
    public void GradientStep_TransformedInputs_ChangesTheFunctionOtherwise()
    {
        double[] change = Changes(EngineKind.Managed, false, natural: false);
        double[] transformed = Changes(EngineKind.Managed, true, natural: false);

        double scale = change.Max(Math.Abs);
        Assert.True(change.Zip(transformed).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.1 * scale);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Backward_DrawnActions_HaveTheFisherMatrixOfTheLogarithmOfTheDeviation(EngineKind kind)
    {
        // Many components of one row are as many independent samples of ∂ log p / ∂ log σ = z² − 1.
        const int components = 50;
        var spec = new NetworkSpec(
            new Box(-10, 10, 1),
            new Box(-1, 1, components),
            new NetworkSettings { HiddenSizes = [], InitialLogStd = -0.7f }
        );
        using var training = new Training(kind, spec, Plain, GradientEngineContractTests.Parameters(spec), 1);
        ParameterSlot slot = training.Layout["actor.log_std"];
        var distribution = spec.Distribution;
        var parameters = new float[2 * components];
        var random = new Pcg64(31);
        double squares = 0;
        const int rows = 2_000;
        training.Batch.Advantages[0] = 1;
        for (int row = 0; row < rows; row++)
        {
            training.Engine.Network.Unroll(1, training.Batch.Observations, [false], [], parameters, new float[1]);
            distribution.Sample(parameters, ref random, training.Batch.Actions);
            training.Backward();
            foreach (float derivative in slot.In(training.Engine.Gradient))
            {
                squares += derivative * derivative;
            }
        }

        Assert.Equal(2, squares / (rows * components), 0.06);
    }

    // How one step changes means and values of all samples, with inputs x or P x and the first weights W or W P⁻¹.
    private static double[] Changes(EngineKind kind, bool transform, bool natural)
    {
        // Means and value together give each hidden unit a gradient of its own, so that every factor can be inverted.
        var spec = new NetworkSpec(
            new Box(-50, 50, 2),
            new Box(-1, 1, 2),
            new NetworkSettings { HiddenSizes = [3], SharedTrunk = true }
        );
        const int count = 64;
        float[] parameters = GradientEngineContractTests.Parameters(spec);
        using var training = new Training(kind, spec, Plain with { Damping = 1e-8 }, parameters, count);
        var random = new Pcg64(41);
        SampleBatch batch = training.Batch;
        for (int row = 0; row < count; row++)
        {
            (float x, float y) = ((float)random.NextGaussian(), (float)random.NextGaussian());
            (batch.Features[2 * row], batch.Features[2 * row + 1]) = transform ? (2 * x - y, 0.5f * x + 3 * y) : (x, y);
            (batch.Actions[2 * row], batch.Actions[2 * row + 1]) = ((float)random.NextGaussian(), (float)random.NextGaussian());
            (batch.Advantages[row], batch.Returns[row]) = ((float)random.NextGaussian(), (float)random.NextGaussian());
        }
        if (transform)
        {
            // P = (2, −1; ½, 3), of determinant 6½.
            Span<float> weight = training.Layout["encoder.0.weight"].In(training.Engine.Parameters);
            for (int unit = 0; unit < 3; unit++)
            {
                (float a, float b) = (weight[2 * unit], weight[2 * unit + 1]);
                (weight[2 * unit], weight[2 * unit + 1]) = ((3 * a - 0.5f * b) / 6.5f, (a + 2 * b) / 6.5f);
            }
            training.Engine.ParametersChanged();
        }
        double[] before = training.Outputs();
        if (natural)
        {
            training.Update(0.05f);
        }
        else
        {
            training.Backward();
            for (int i = 0; i < training.Engine.Parameters.Length; i++)
            {
                training.Engine.Parameters[i] -= 0.05f * training.Engine.Gradient[i];
            }
            training.Engine.ParametersChanged();
        }
        return [.. training.Outputs().Zip(before, (now, then) => now - then)];
    }

    /// <summary>A network on one of the engines, a batch and the optimiser.</summary>
    private sealed class Training : IDisposable
    {
        private static readonly Objective[] Objectives = [new PolicyGradientObjective(), new ValueObjective(0.5f)];
        private readonly double[] _losses = new double[2];
        private readonly float[] _logProbs;

        public Training(EngineKind kind, NetworkSpec spec, KfacSettings options, float[] parameters, int count)
            : this(kind, spec, options, parameters, new SampleBatch(spec, count)) { }

        private Training(EngineKind kind, NetworkSpec spec, KfacSettings options, float[] parameters, SampleBatch batch)
        {
            Layout = new ParameterLayout(spec);
            float[] pinned = GC.AllocateArray<float>(Layout.Count, pinned: true);
            parameters.CopyTo(pinned, 0);
            Engine = GradientEngines.Create(kind, spec, pinned);
            Engine.Use(Objectives);
            Optimizer = new Optimizer(Layout, options, new Pcg64(5));
            Batch = batch;
            _logProbs = new float[batch.Count];
        }

        public ParameterLayout Layout { get; }

        public IGradientEngine Engine { get; }

        public Optimizer Optimizer { get; }

        public SampleBatch Batch { get; }

        public static Training OfContract(EngineKind kind, string network, KfacSettings options)
        {
            NetworkSpec spec = GradientEngineContractTests.Networks[network];
            float[] parameters = GradientEngineContractTests.Parameters(spec);
            using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, (float[])parameters.Clone());
            return new Training(kind, spec, options, parameters, GradientEngineContractTests.Batch(spec, engine, 64));
        }

        public KfacLayer Layer(string name) => Optimizer.Layers.Single(layer => layer.Name == name);

        /// <summary>Σ ½ Δθᵀ (A ⊗ G + λ I) Δθ over the layers below a path, and of the log standard deviation there.</summary>
        public double ModelledDivergence(string path, float[] before)
        {
            double damping = Plain.Damping;
            double model = 0;
            foreach (KfacLayer layer in Optimizer.Layers.Where(layer => layer.Name.StartsWith(path, StringComparison.Ordinal)))
            {
                double[] change = Change(layer, before);
                double[] input = ClosedForms.Mean(layer.Block.Input);
                double[] product = ClosedForms.Multiply(input, ClosedForms.Mean(layer.Block.Output), damping, change);
                model += 0.5 * change.Zip(product, (x, y) => x * y).Sum();
            }
            foreach (
                ParameterSlot slot in Layout.Slots.Where(slot =>
                    slot.Name == "actor.log_std" && slot.Name.StartsWith(path, StringComparison.Ordinal)
                )
            )
            {
                float[] now = slot.In(Engine.Parameters).ToArray();
                model += slot.In(before.AsSpan()).ToArray().Zip(now, (x, y) => 0.5 * (2 + damping) * Math.Pow(x - y, 2)).Sum();
            }
            return model;
        }

        public void Backward() => Engine.Backward(Batch, 0, _losses, _logProbs);

        public void Update(float learningRate)
        {
            Engine.Backward(Batch, 0, _losses, _logProbs, Optimizer.BeginUpdate());
            Optimizer.Update(Engine.Parameters, Engine.Gradient, learningRate);
            Engine.ParametersChanged();
        }

        /// <summary>Distribution parameters and values of all samples.</summary>
        public double[] Outputs()
        {
            NetworkSpec spec = Engine.Network.Spec;
            var distributions = new float[Batch.Count * spec.DistributionSize];
            var values = new float[Batch.Count];
            Engine.Network.Unroll(1, Batch.Observations, new bool[Batch.Count], [], distributions, values);
            return [.. distributions.Concat(values).Select(value => (double)value)];
        }

        /// <summary>Change of a layer's weight and bias, <c>[outputs, inputs + 1]</c>.</summary>
        public double[] Change(KfacLayer layer, float[] before)
        {
            ParameterSlot weight = Layout[layer.Name + ".weight"];
            ParameterSlot bias = Layout[layer.Name + ".bias"];
            float[] change = [.. before.Zip(Engine.Parameters.ToArray(), (then, now) => now - then)];
            int inputs = weight.Size / bias.Size;
            var block = new double[bias.Size * (inputs + 1)];
            for (int row = 0; row < bias.Size; row++)
            {
                for (int column = 0; column <= inputs; column++)
                {
                    block[row * (inputs + 1) + column] =
                        column < inputs ? weight.In(change)[row * inputs + column] : bias.In(change)[row];
                }
            }
            return block;
        }

        public void Dispose() => Engine.Dispose();
    }
}
