using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Learners.A2c;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Stages;
using Protos;
using Tests.LearnerTests.Composition;
using Xunit;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>What was seen often pays less than what is new, and the task's own rewards stay in the sum.</summary>
public sealed class RandomNetworkDistillationTests
{
    private const int Steps = 16;
    private const int Copies = 4;

    private static readonly NetworkSpec Network = new(new Box(-1, 1, 3), new Discrete(2), new NetworkSettings());

    [Theory]
    [InlineData("0-2")]
    [InlineData("0-1")]
    public void Prepare_SeenOften_PaysLessThanNew(string view)
    {
        NetworkSpec spec = Network with { Settings = new NetworkSettings { View = [view] } };
        using RandomNetworkDistillationStage stage = Stage(weight: 1, spec);
        using var network = new ProgramNetwork(spec);
        var evaluator = new UnrollEvaluator(network, [stage]);
        var random = new Pcg64(2);
        for (int i = 0; i < 150; i++)
        {
            Run(stage, evaluator, Draw(ref random, novel: false));
        }

        Unroll mixed = Draw(ref random, novel: true);
        Run(stage, evaluator, mixed, learns: false);

        float[] rewards = evaluator.Batch[Column.Rewards];
        double usual = 0;
        double novel = 0;
        for (int row = 0; row < Steps * Copies; row++)
        {
            double bonus = rewards[row] - mixed.Rewards[row];
            Assert.True(bonus >= 0, $"a bonus of {bonus}");
            (row % Copies == 0 ? ref novel : ref usual) += bonus / (row % Copies == 0 ? 1 : Copies - 1);
        }
        Assert.True(novel > 3 * usual, $"{novel} for new observations, {usual} for others");
    }

    [Fact]
    public void Learn_TheSameKindOfObservations_IsPredictedEverBetter()
    {
        using RandomNetworkDistillationStage stage = Stage(weight: 1);
        using var network = new ProgramNetwork(Network);
        var evaluator = new UnrollEvaluator(network, [stage]);
        var random = new Pcg64(5);
        var errors = new List<double>();
        for (int i = 0; i < 150; i++)
        {
            var metrics = new MetricAverages();
            Run(stage, evaluator, Draw(ref random, novel: false), metrics: metrics);
            errors.Add(ErrorIn(metrics));
        }

        Assert.True(errors[^1] < 0.3 * errors[0], $"the error went from {errors[0]} to {errors[^1]}");
    }

    /// <summary>Of 40 states 20 are seen some 500 times each. After one pass over each unroll at a tenth of the step size, the others pay 1.5 times as much, and no maze is found.</summary>
    [Fact]
    public void Prepare_OneHotStatesByDefault_PaysFarMoreForThoseNeverSeen()
    {
        var spec = new NetworkSpec(new Discrete(40), new Discrete(2), new NetworkSettings());
        using RandomNetworkDistillationStage stage = Stage(
            new() { Weight = 1, NonEpisodic = false },
            spec,
            copies: 16,
            steps: 64
        );
        using var network = new ProgramNetwork(spec);
        var evaluator = new UnrollEvaluator(network, [stage]);
        var random = new Pcg64(6);
        for (int i = 0; i < 10; i++)
        {
            Run(stage, evaluator, States(0, ref random));
        }

        double seen = Bonus(0);
        double never = Bonus(20);

        Assert.True(never > 10 * seen, $"{never} for states that were never seen, {seen} for others");

        double Bonus(int first)
        {
            var metrics = new MetricAverages();
            Run(stage, evaluator, States(first, ref random), learns: false, metrics);
            return ErrorIn(metrics);
        }

        static Unroll States(int first, ref Pcg64 random)
        {
            var unroll = new Unroll(new UnrollShape(64, 16, new ObservationFormat(1), 1, 0));
            var observation = new float[16];
            for (int t = 0; t <= 64; t++)
            {
                foreach (ref float state in observation.AsSpan())
                {
                    state = first + random.NextInt(0, 20);
                }
                unroll.Observations.Write(t, observation);
            }
            return unroll;
        }
    }

    [Fact]
    public void Learn_MorePasses_PredictsBetter()
    {
        Assert.True(ErrorAfter(epochs: 4) < 0.7 * ErrorAfter(epochs: 1));

        static double ErrorAfter(int epochs)
        {
            using RandomNetworkDistillationStage stage = Stage(Settings(1) with { Epochs = epochs });
            using var network = new ProgramNetwork(Network);
            var evaluator = new UnrollEvaluator(network, [stage]);
            var random = new Pcg64(5);
            var metrics = new MetricAverages();
            for (int i = 0; i < 10; i++)
            {
                metrics = new MetricAverages();
                Run(stage, evaluator, Draw(ref random, novel: false), metrics: metrics);
            }
            return ErrorIn(metrics);
        }
    }

    /// <summary>The predictor reads 3 numbers and gives 5; a layer of 8 has 8 (n + 1) parameters.</summary>
    [Theory]
    [InlineData(0, 3 * 8 + 8 + 8 * 5 + 5)]
    [InlineData(2, 3 * 8 + 8 + 2 * (8 * 8 + 8) + 8 * 5 + 5)]
    public void PredictorLayers_AreBeyondTheOneOfTheTarget(int layers, int parameters)
    {
        RandomNetworkDistillationSettings settings = Settings(1) with { HiddenSize = 8, Features = 5, PredictorLayers = layers };
        using RandomNetworkDistillationStage stage = Stage(settings);
        var state = new StateDictionary();

        stage.SaveState(state);

        Assert.Equal(parameters, state.Scope("predictor").GetArray<float>("parameters").Length);
    }

    [Fact]
    public void Prepare_WeightZero_LeavesRewardsAsTheyAre()
    {
        using RandomNetworkDistillationStage stage = Stage(weight: 0);
        using var network = new ProgramNetwork(Network);
        var evaluator = new UnrollEvaluator(network, [stage]);
        var random = new Pcg64(3);
        Unroll unroll = Draw(ref random, novel: false);

        Run(stage, evaluator, unroll);

        Assert.Equal(unroll.Rewards, evaluator.Batch[Column.Rewards][..(Steps * Copies)]);
    }

    [Fact]
    public void LoadState_AfterSomeUnrolls_PaysTheSame()
    {
        using RandomNetworkDistillationStage first = Stage(weight: 1);
        using RandomNetworkDistillationStage second = Stage(weight: 1);
        using var network = new ProgramNetwork(Network);
        var evaluator = new UnrollEvaluator(network, [first]);
        var random = new Pcg64(4);
        for (int i = 0; i < 3; i++)
        {
            Run(first, evaluator, Draw(ref random, novel: false));
        }
        var state = new StateDictionary();
        first.SaveState(state);
        second.LoadState(state);
        Unroll next = Draw(ref random, novel: true);

        Run(first, evaluator, next);
        float[] expected = [.. evaluator.Batch[Column.Rewards]];
        Run(second, evaluator, next);

        Assert.Equal(expected, evaluator.Batch[Column.Rewards]);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(1, false)]
    public void Prepare_StackedFrames_PaysForTheNewestAlone(int frames, bool isSame)
    {
        NetworkSpec spec = Network with { ObservationSpace = new Box(-1, 1, 3, 2) };
        using RandomNetworkDistillationStage stage = Stage(Settings(1), spec, frames: frames);
        using var network = new ProgramNetwork(spec);
        var evaluator = new UnrollEvaluator(network, [stage]);
        for (int i = 0; i < 3; i++)
        {
            Run(stage, evaluator, Stacks(older: 0.5f));
        }

        double same = Bonus(0.5f);
        double others = Bonus(-0.5f);

        Assert.True(same > 0);
        Assert.True(same == others == isSame, $"{same} for the frames that were shown, {others} for others before them");

        double Bonus(float older)
        {
            var metrics = new MetricAverages();
            Run(stage, evaluator, Stacks(older), learns: false, metrics);
            return ErrorIn(metrics);
        }

        // Two older frames, and a newest one that moves.
        static Unroll Stacks(float older)
        {
            var unroll = new Unroll(new UnrollShape(Steps, Copies, new ObservationFormat(6), 1, 0));
            var observation = new float[Copies * 6];
            for (int t = 0; t <= Steps; t++)
            {
                Array.Fill(observation, older);
                for (int b = 0; b < Copies; b++)
                {
                    observation[b * 6 + 4] = (float)t / Steps;
                    observation[b * 6 + 5] = (float)b / Copies;
                }
                unroll.Observations.Write(t, observation);
            }
            return unroll;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Learn_EachUnroll_IsCountedOnceInTheStatistics(int unrolls)
    {
        using RandomNetworkDistillationStage stage = Stage(weight: 1);
        using var network = new ProgramNetwork(Network);
        var evaluator = new UnrollEvaluator(network, [stage]);
        var random = new Pcg64(8);
        for (int i = 0; i < unrolls; i++)
        {
            Run(stage, evaluator, Draw(ref random, novel: false));
        }
        var state = new StateDictionary();

        stage.SaveState(state);

        Assert.Equal(unrolls * Steps * Copies, state.Scope("observations").Get("count", 0.0, double.MaxValue), 1.0);
    }

    /// <summary>On one-hot states a linear predictor with step a on half the squared error keeps (1 − a)²ⁿ of a state's bonus after n visits, and all of the others'.</summary>
    [Theory]
    [InlineData(5, 0.34868)]
    [InlineData(20, 0.01478)]
    public void Predictor_LinearOnOneHotStates_ForgetsByAPowerOfItsStep(int visits, double rest)
    {
        const string Head = "features";
        const float Step = 0.1f;
        NetworkSpec spec = NetworkSpec.WithoutPolicy(
            new Discrete(3),
            new NetworkSettings
            {
                Encoder = EncoderKind.Table,
                HiddenSizes = [],
                Heads = [new HeadSettings { Name = Head }],
            }
        );
        var seed = new Pcg64(1);
        IGradientEngine engine = GradientEngines.Create(
            EngineKind.Managed,
            spec,
            ParameterInitializer.Create(new ParameterLayout(spec), ref seed)
        );
        using var model = new Model(engine, new ModelSettings { Optimizer = new SgdSettings() }, ref seed);
        var wanted = new Column("wanted");
        var objective = new PredictionErrorObjective(Head, wanted);
        model.Use([objective]);
        Batch batch = Minibatch.Create(spec, [objective], 1);
        float[] told = [3, -2, 1];
        double[] before = Errors();

        for (int i = 0; i < visits; i++)
        {
            batch[Column.Features(spec)][0] = 1;
            batch[wanted][0] = told[1];
            model.Gradient(batch, 0, new double[1], []);
            model.Clip();
            model.Step(Step / 2); // half the squared error
        }

        double[] after = Errors();
        Assert.Equal([1, rest, 1], after.Zip(before, (now, then) => Math.Round(now / then, 5)));

        double[] Errors()
        {
            var said = new float[3];
            model.Network.UnrollHeads(1, (float[])[0, 1, 2], [], [], [new HeadRows(Head, said)]);
            return [.. said.Zip(told, (a, b) => ((double)a - b) * ((double)a - b))];
        }
    }

    private static double ErrorIn(MetricAverages metrics)
    {
        var means = new List<Metric>();
        metrics.Drain(means);
        return means.Single(metric => metric.Tag == "rnd/prediction_error").Value;
    }

    private static void Run(
        RandomNetworkDistillationStage stage,
        UnrollEvaluator evaluator,
        Unroll unroll,
        bool learns = true,
        MetricAverages? metrics = null
    )
    {
        metrics ??= new MetricAverages();
        evaluator.Load(unroll);
        stage.Prepare(evaluator, metrics);
        if (learns)
        {
            stage.Learn(evaluator, 0, metrics);
        }
    }

    // Observations around (0.5, 0, 0); those of copy 0 around (−0.5, 0.5, 0) where they are to be new.
    private static Unroll Draw(ref Pcg64 random, bool novel)
    {
        var unroll = new Unroll(new UnrollShape(Steps, Copies, new ObservationFormat(3), 1, 0));
        var observation = new float[Copies * 3];
        for (int t = 0; t <= Steps; t++)
        {
            for (int b = 0; b < Copies; b++)
            {
                bool isNew = novel && b == 0;
                observation[b * 3] = (isNew ? -0.5f : 0.5f) + 0.1f * (float)random.NextGaussian();
                observation[b * 3 + 1] = (isNew ? 0.5f : 0f) + 0.1f * (float)random.NextGaussian();
                observation[b * 3 + 2] = 0.1f * (float)random.NextGaussian();
            }
            unroll.Observations.Write(t, observation);
        }
        for (int row = 0; row < Steps * Copies; row++)
        {
            unroll.Rewards[row] = (float)random.NextGaussian();
        }
        return unroll;
    }

    private static RandomNetworkDistillationSettings Settings(float weight) =>
        new()
        {
            Weight = weight,
            NonEpisodic = false,
            LearningRate = 1e-3f,
            BatchSize = 32,
        };

    private static RandomNetworkDistillationStage Stage(float weight, NetworkSpec? network = null) =>
        Stage(Settings(weight), network);

    private static RandomNetworkDistillationStage Stage(
        RandomNetworkDistillationSettings settings,
        NetworkSpec? network = null,
        int copies = Copies,
        int steps = Steps,
        int frames = 1
    )
    {
        var context = new LearnerContext
        {
            Settings = new TrainingSettings
            {
                Agent = new A2cSettings { Copies = copies, UnrollLength = steps },
                Wrappers = new WrapperSettings { FrameStack = frames },
            },
            Network = network ?? Network,
            Seed = new SeedSequence(1),
            Experience = new NoExperience(),
        };
        return new RandomNetworkDistillationStage(settings, new AuxiliaryContext(context, new SeedSequence(7)));
    }
}
