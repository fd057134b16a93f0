using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;
using Learners.Optimizers.Kfac;
using Tests.LearnerTests.Engines;
using Xunit;
using Optimizer = Learners.Optimizers.Kfac.Kfac;

namespace Tests.LearnerTests.Optimizers.Kfac;

public sealed class KfacTests
{
    private static readonly KfacSettings Warm = new() { ColdUpdates = 0, DecompositionTolerance = 0 };

    [Fact]
    public void Update_LargeGradient_StepsAsFarAsTheTrustRegionAllows()
    {
        using var training = new Training(Warm);
        training.Scale = 1e4f;
        float[] before = training.Parameters;

        training.Update(0.25f);

        // ½ Δθᵀ (F + λ I) Δθ = klClip / 2, with momentum's factor on the first step.
        KfacDiagnostics figures = training.Optimizer.Diagnostics;
        Assert.Equal(0.0005, figures.PredictedKl, 1e-7);
        Assert.InRange(figures.Scale, 1e-9, 0.5);
        double length = Math.Sqrt(before.Zip(training.Parameters).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
        Assert.True(length > 1e-4, $"moved by {length}");
        training.Scale = 2e4f;
        using var twice = new Training(Warm) { Scale = 2e4f };
        twice.Update(0.25f);
        // Twice the gradient goes the same way.
        Assert.All(training.Parameters.Zip(twice.Parameters), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Update_SmallGradient_IsTheDampedNaturalStep()
    {
        using var training = new Training(Warm with { Momentum = 0 }) { Scale = 1e-3f };
        float[] before = training.Parameters;

        training.Update(0.25f);

        Assert.Equal(1, training.Optimizer.Diagnostics.Scale);
        // (A ⊗ G + λ I) of the step is the gradient, layer by layer.
        foreach (KfacLayer layer in training.Optimizer.Layers)
        {
            ParameterSlot weight = training.Layout[layer.Name + ".weight"];
            ParameterSlot bias = training.Layout[layer.Name + ".bias"];
            int outputs = bias.Size;
            int inputs = weight.Size / outputs;
            double[] Together(ReadOnlySpan<float> flat)
            {
                var block = new double[outputs * (inputs + 1)];
                for (int row = 0; row < outputs; row++)
                {
                    for (int column = 0; column <= inputs; column++)
                    {
                        block[row * (inputs + 1) + column] =
                            column < inputs ? weight.In(flat)[row * inputs + column] : bias.In(flat)[row];
                    }
                }
                return block;
            }
            float[] step = [.. before.Zip(training.Parameters, (old, now) => (old - now) / 0.25f)];
            double[] a = ClosedForms.Mean(layer.Block.Input);
            double[] again = ClosedForms.Multiply(a, ClosedForms.Mean(layer.Block.Output), 0.01, Together(step));
            double[] gradient = Together(training.Gradient);
            double scale = gradient.Max(Math.Abs);
            Assert.All(gradient.Zip(again), pair => Assert.Equal(pair.First / scale, pair.Second / scale, 2e-2));
        }
    }

    [Fact]
    public void Update_LogStd_IsDividedByItsExactFisherMatrix()
    {
        using var training = new Training(Warm with { Momentum = 0 }, GradientEngineContractTests.Networks["gaussian"])
        {
            Scale = 1e-3f,
        };
        ParameterSlot slot = training.Layout["actor.log_std"];
        float[] before = training.Parameters;

        training.Update(0.5f);

        for (int i = slot.Offset; i < slot.Offset + slot.Size; i++)
        {
            Assert.Equal(before[i] - 0.5 * training.Gradient[i] / 2.01, training.Parameters[i], 1e-6);
        }
    }

    [Fact]
    public void Update_ColdUpdates_AreClippedGradientSteps()
    {
        var options = new KfacSettings
        {
            ColdUpdates = 2,
            ColdLearningRate = 0.1,
            ColdMaxGradientNorm = 0.5,
            Momentum = 0,
        };
        using var training = new Training(options) { Scale = 1e3f };
        float[] before = training.Parameters;

        training.Update(0.25f);

        double length = Math.Sqrt(before.Zip(training.Parameters).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
        Assert.Equal(0.05, length, 1e-4);
        Assert.True(double.IsNaN(training.Optimizer.Diagnostics.Scale));
        training.Update(0.25f);
        training.Update(0.25f);
        Assert.False(double.IsNaN(training.Optimizer.Diagnostics.Scale));
    }

    [Fact]
    public void Update_SameDirectionAgain_GathersMomentum()
    {
        using var training = new Training(Warm with { DecompositionInterval = 1_000, KlClip = 100 }) { Scale = 1e-3f };
        float[] start = training.Parameters;
        training.Optimizer.BeginUpdate();
        training.Update(0.1f);
        float[] first = training.Parameters;
        training.StepAgain(0.1f);
        float[] second = training.Parameters;

        // 1 − μ of the step, then μ of that more.
        int largest = Enumerable.Range(0, start.Length).MaxBy(i => Math.Abs(first[i] - start[i]));
        Assert.Equal(1.9, (second[largest] - first[largest]) / (first[largest] - start[largest]), 0.02);
    }

    [Fact]
    public void Update_GradientThatIsNoNumber_LeavesParametersAndCounts()
    {
        using var training = new Training(Warm);
        training.Update(0.25f);
        float[] before = training.Parameters;

        training.Scale = float.PositiveInfinity;
        training.Update(0.25f);

        Assert.Equal(before, training.Parameters);
        Assert.Equal(1, training.Optimizer.Diagnostics.SkippedUpdates);
        training.Scale = 1;
        training.Update(0.25f);
        Assert.NotEqual(before, training.Parameters);
        Assert.All(training.Parameters, parameter => Assert.True(float.IsFinite(parameter)));
    }

    [Fact]
    public void Update_StatisticsThatAreNoNumbers_AreLeftOut()
    {
        using var training = new Training(Warm);
        training.Update(0.25f);
        double[] before = ClosedForms.Mean(training.Optimizer.Layers[0].Block.Input);

        training.Optimizer.Layers[0].AddDense([float.NaN, .. new float[7]], new float[64], 1, 1);
        training.Update(0.25f);

        Assert.Equal(1, training.Optimizer.Diagnostics.DroppedStatistics);
        Assert.Equal(before, ClosedForms.Mean(training.Optimizer.Layers[0].Block.Input));
    }

    [Fact]
    public void LoadState_BeforeTheFirstStatistics_GoesOnBitForBit()
    {
        using var straight = new Training(Warm);
        using var resumed = new Training(Warm);
        var state = new StateDictionary();
        straight.Optimizer.SaveState(state);
        resumed.Optimizer.LoadState(state);

        straight.Update(0.1f);
        resumed.Update(0.1f);

        Assert.Equal(straight.Parameters, resumed.Parameters);
    }

    [Theory]
    [InlineData("categorical")]
    [InlineData("lstm")]
    [InlineData("flags")]
    public void LoadState_AfterSomeUpdates_GoesOnBitForBit(string network)
    {
        NetworkSpec spec = GradientEngineContractTests.Networks[network];
        var options = new KfacSettings
        {
            ColdUpdates = 2,
            DecompositionInterval = 3,
            StatisticsShare = 0.5,
        };
        using var straight = new Training(options, spec);
        using var resumed = new Training(options, spec);
        for (int i = 0; i < 11; i++)
        {
            straight.Update(0.1f);
        }
        var state = new StateDictionary();
        straight.Optimizer.SaveState(state);
        resumed.Optimizer.LoadState(state);
        resumed.Parameters = straight.Parameters;

        for (int i = 0; i < 7; i++)
        {
            straight.Update(0.1f);
            resumed.Update(0.1f);
        }

        Assert.Equal(straight.Parameters, resumed.Parameters);
    }

    [Fact]
    public void Update_Asynchronous_TakesOverBasesThatAnotherThreadMade()
    {
        using var training = new Training(Warm with { Asynchronous = true, DecompositionInterval = 1 });
        EigenBasis<float> first = null!;
        for (int i = 0; i < 200; i++)
        {
            training.Update(0.01f);
            first ??= training.Optimizer.Layers[0].Block.Input.Basis;
        }
        training.Optimizer.SaveState(new StateDictionary()); // waits for what is under way

        Assert.All(training.Parameters, parameter => Assert.True(float.IsFinite(parameter)));
        double largest = training.Optimizer.Layers[0].Block.LargestEigenvalue;
        Assert.True(largest > 0);
        Assert.NotEqual(Training.FirstParameters(training.Spec), training.Parameters);
    }

    [Fact]
    public void Update_SteadyState_AllocatesNothing()
    {
        using var training = new Training(Warm with { DecompositionInterval = 5 });
        for (int i = 0; i < 60; i++)
        {
            training.Update(0.01f);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 40; i++)
        {
            training.Update(0.01f);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Report_AfterAnUpdate_HoldsEveryTagThatWasAnnounced()
    {
        using var training = new Training(Warm);
        var metrics = new MetricAverages();
        training.Update(0.25f);

        training.Optimizer.Diagnostics.Report(metrics);

        var reported = new List<Metric>();
        metrics.Drain(reported);
        string[] measuredByTheLearner = ["kfac/measured_policy_kl", "kfac/measured_value_kl"];
        Assert.Equal(
            training.Optimizer.Diagnostics.Tags.Except(measuredByTheLearner).Order(),
            reported.Select(metric => metric.Tag).Order()
        );
        foreach (KfacLayer layer in training.Optimizer.Layers)
        {
            double largest = reported.Single(metric => metric.Tag == "kfac/largest_eigenvalue/" + layer.Name).Value;
            double trace = layer.Block.Input.Basis.Trace * layer.Block.Output.Basis.Trace;
            Assert.InRange(largest, trace / (layer.Block.Input.Size * layer.Block.Output.Size), trace);
        }
    }

    /// <summary>A network, a batch and the optimiser.</summary>
    private sealed class Training : IDisposable
    {
        private readonly IGradientEngine _engine;
        private readonly SampleBatch _batch;

        public Training(KfacSettings options, NetworkSpec? spec = null)
        {
            Spec = spec ?? new(new Box(-5, 5, 8), new Discrete(4), new NetworkSettings());
            Layout = new ParameterLayout(Spec);
            _engine = GradientEngines.Create(EngineKind.Managed, Spec, FirstParameters(Spec));
            _batch = GradientEngineContractTests.Batch(Spec, _engine, 128);
            _engine.Use(Objectives);
            Optimizer = new Optimizer(Layout, options, new Pcg64(5));
        }

        public NetworkSpec Spec { get; }

        public ParameterLayout Layout { get; }

        public Optimizer Optimizer { get; }

        /// <summary>Factor of the gradient.</summary>
        public float Scale { get; set; } = 1;

        /// <summary>Gradient of the latest update.</summary>
        public float[] Gradient { get; private set; } = [];

        public float[] Parameters
        {
            get => _engine.Parameters.ToArray();
            set
            {
                value.CopyTo(_engine.Parameters);
                _engine.ParametersChanged();
            }
        }

        public static float[] FirstParameters(NetworkSpec spec) => GradientEngineContractTests.Parameters(spec);

        private static readonly Objective[] Objectives = [new PolicyGradientObjective(), new ValueObjective(0.5f)];
        private readonly double[] _losses = new double[2];
        private readonly float[] _logProbs = new float[128];

        public void Update(float learningRate)
        {
            _engine.Backward(_batch, 0, _losses, _logProbs, Optimizer.BeginUpdate());
            foreach (ref float value in _engine.Gradient)
            {
                value *= Scale;
            }
            if (Gradient.Length == 0)
            {
                Gradient = new float[_engine.Gradient.Length];
            }
            StepAgain(learningRate);
        }

        /// <summary>Steps along the latest gradient once more, without new statistics.</summary>
        public void StepAgain(float learningRate)
        {
            _engine.Gradient.CopyTo(Gradient);
            Optimizer.Update(_engine.Parameters, _engine.Gradient, learningRate);
            _engine.ParametersChanged();
        }

        public void Dispose() => _engine.Dispose();
    }
}
