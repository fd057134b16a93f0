using Agents.Networks;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.A2c;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Composition;
using Learners.Metrics;
using Learners.Returns;
using Learners.Stages;
using Protos;
using Tests.LearnerTests.Composition;
using Tests.LearnerTests.Returns;
using Xunit;

namespace Tests.LearnerTests.Auxiliary.Intrinsic;

/// <summary>Returns of bonuses go on through ends of episodes, with the λ and the ratios of the agent; with one value they are rewards.</summary>
public sealed class IntrinsicStageTests
{
    private const int Copies = 2;

    /// <summary>Three rewards of 1, γ 0.9, λ 1, V = 0: an end after the second step changes the task's stream alone.</summary>
    [Fact]
    public void EstimateThroughEnds_Generalized_KnowsNoEnd()
    {
        using var network = new ProgramNetwork(Spec());
        network.LoadParameters(new float[new ParameterLayout(network.Spec).Count]);
        var evaluator = new UnrollEvaluator(network);
        Unroll unroll = Steps(3, copies: 1);
        unroll.Rewards.AsSpan().Fill(1);
        unroll.Terminated[1] = true;
        unroll.EpisodeStarts[2] = true;
        unroll.AddFinalObservation(1, [0]);
        var returns = new float[3];
        var advantages = new float[3];

        evaluator.Prepare(unroll, 0.9f, 1);
        evaluator.EstimateThroughEnds([1, 1, 1], new float[4], 0.9f, returns, advantages);

        Near.Equal([1.9, 1, 1], evaluator.Advantages.ToArray(), 1e-6);
        Near.Equal([2.71, 1.9, 1], advantages, 1e-6);
        Near.Equal([2.71, 1.9, 1], returns, 1e-6);
    }

    /// <summary>The value at the end of an episode is that of the next one's first observation, never that of the observation that it closed with.</summary>
    [Fact]
    public void Correct_EndOfAnEpisode_BootstrapsFromTheNextOnesFirstObservation()
    {
        var settings = new CountBonusSettings { DiscountFactor = 0.5f, Weight = 2 };
        using Fixed stage = Stage(settings, [1, 3]);
        using ProgramNetwork network = Mirror(settings);
        var evaluator = new UnrollEvaluator(network, [stage]);
        Unroll unroll = Steps(1, Copies);
        unroll.Observations.Write(0, [4, 4]); // 4 is what the head says of these
        unroll.Observations.Write(1, [10, 20]);
        unroll.Terminated[0] = true;
        unroll.EpisodeStarts[2] = true;
        unroll.AddFinalObservation(0, [-77]);

        Run(stage, evaluator, unroll, lambda: 0);

        // Bonuses 1 and 3 have the deviation 1; r + γ V' − V, twice, and the agent's own is 0.
        Near.Equal([2 * (1 + 5 - 4), 2 * (3 + 10 - 4)], evaluator.Advantages.ToArray(), 1e-5);
        Near.Equal([6, 13], evaluator.Batch[stage.Writes[0]][..2], 1e-5);
        Assert.DoesNotContain(Column.Rewards, stage.Writes);
    }

    /// <summary>Against sums over the whole rest of the unroll, written from the paper's equation 1.</summary>
    [Theory]
    [InlineData(1f)]
    [InlineData(0.7f)]
    public void Correct_RatiosOfVTrace_AreThoseOfTheTask(float lambda)
    {
        const int Length = 12;
        var settings = new CountBonusSettings { DiscountFactor = 0.9f };
        var random = new Pcg64(5);
        float[] bonuses = Draw(ref random, Length * Copies, positive: true);
        float[] observations = Draw(ref random, (Length + 1) * Copies);
        using Fixed stage = Stage(settings, bonuses);
        using ProgramNetwork network = Mirror(settings);
        var evaluator = new UnrollEvaluator(network, [stage]);
        Unroll unroll = Steps(Length, Copies);
        for (int t = 0; t <= Length; t++)
        {
            unroll.Observations.Write(t, observations.AsSpan(t * Copies, Copies));
        }
        double[] ratios = new double[Length * Copies];
        for (int row = 0; row < ratios.Length; row++)
        {
            ratios[row] = Math.Exp(0.7 * random.NextGaussian());
            unroll.BehaviourLogProbs[row] = (float)(Math.Log(0.5) - Math.Log(ratios[row])); // the target takes both actions alike
        }
        unroll.Truncated[5] = true;
        unroll.EpisodeStarts[7] = true;
        unroll.AddFinalObservation(5, [50]);

        Run(stage, evaluator, unroll, lambda, new VTraceClips(1.4f, 1.1f, 0.8f), agentDiscount: 0);

        double scale = Scale(bonuses, 0.9);
        var expected = new double[Length * Copies];
        for (int row = 0; row < expected.Length; row++)
        {
            double next = Target(row + Copies);
            expected[row] = Math.Min(0.8, ratios[row]) * (bonuses[row] * scale + 0.9 * next - observations[row]);
        }
        Near.Equal(
            [.. Enumerable.Range(0, expected.Length).Select(Target)],
            evaluator.Batch[stage.Writes[0]][..expected.Length],
            1e-4
        );
        // The agent's own stream: rewards 0, γ 0, V 0.
        Near.Equal([.. expected.Select(advantage => 0.5 * advantage)], evaluator.Advantages.ToArray(), 1e-4);

        double Target(int row)
        {
            double target = observations[row];
            double weight = 1;
            for (int i = row; i < expected.Length; i += Copies)
            {
                double error = bonuses[i] * scale + 0.9 * observations[i + Copies] - observations[i];
                target += weight * Math.Min(1.4, ratios[i]) * error;
                weight *= 0.9 * lambda * Math.Min(1.1, ratios[i]);
            }
            return target;
        }
    }

    [Fact]
    public void Prepare_OneValue_AddsBonusesToRewards()
    {
        var settings = new CountBonusSettings { NonEpisodic = false, Weight = 2 };
        using Fixed stage = Stage(settings, [1, 3]);
        using ProgramNetwork network = Mirror(settings);
        var evaluator = new UnrollEvaluator(network, [stage]);
        Unroll unroll = Steps(1, Copies);
        unroll.Rewards[0] = 10;

        Run(stage, evaluator, unroll, lambda: 1);

        Near.Equal([12, 6], evaluator.Batch[Column.Rewards][..2], 1e-5);
        Assert.Empty(stage.Objectives);
        Assert.Empty(settings.HeadsOf(null!));
    }

    /// <summary>Distillation may scale or replace advantages, in whatever order the parts were written down.</summary>
    [Fact]
    public void Order_StageThatAddsToAdvantages_ComesBehindOthers()
    {
        using Fixed adds = Stage(new CountBonusSettings(), []);
        using Fixed pays = Stage(new CountBonusSettings { NonEpisodic = false }, []);

        Assert.Same(adds, StageOrder.Of([adds, new Other()])[1]);
        Assert.Same(pays, StageOrder.Of([pays, new Other()])[0]);
    }

    /// <summary>All visits of an unroll count before any is paid, also those of the observation that an episode closed with.</summary>
    [Fact]
    public void Measure_Counts_PayWhatStepsLedToAfterAllWereCounted()
    {
        var settings = new CountBonusSettings { Key = CountKey.Exact, NonEpisodic = false };
        using var stage = new CountBonusStage(settings, Context(settings));
        using ProgramNetwork network = Mirror(settings);
        var evaluator = new UnrollEvaluator(network, [stage]);
        Unroll unroll = Steps(3, Copies);
        float[] observations = [9, 9, 1, 1, 8, 1, 1, 2]; // 8 begins the second episode of copy 0
        for (int t = 0; t <= 3; t++)
        {
            unroll.Observations.Write(t, observations.AsSpan(t * Copies, Copies));
        }
        unroll.Terminated[2] = true;
        unroll.EpisodeStarts[4] = true;
        unroll.AddFinalObservation(2, [7]);
        var metrics = new MetricAverages();

        evaluator.Load(unroll);
        stage.Prepare(evaluator, metrics);

        float[] rewards = evaluator.Batch[Column.Rewards][..6]; // 1, 1, 7, 1, 1, 2
        Near.Equal([0.5, 0.5, 1, 0.5, 0.5, 1], [.. rewards.Select(reward => reward / rewards[2])], 1e-5);
        var means = new List<Metric>();
        metrics.Drain(means);
        Assert.Equal(3, means.Single(metric => metric.Tag == "count_bonus/keys").Value);
    }

    private static void Run(
        IntrinsicStage stage,
        UnrollEvaluator evaluator,
        Unroll unroll,
        float lambda,
        VTraceClips? clips = null,
        float agentDiscount = 0.99f
    )
    {
        evaluator.Load(unroll);
        evaluator.Evaluate();
        stage.Prepare(evaluator, new MetricAverages());
        evaluator.Estimate(agentDiscount, lambda, clips);
        stage.Correct(evaluator);
    }

    private static Unroll Steps(int steps, int copies) => new(new UnrollShape(steps, copies, new ObservationFormat(1), 1, 0));

    private static NetworkSpec Spec(IntrinsicSettings? settings = null) =>
        new(
            new Box(-100, 100, 1),
            new Discrete(2),
            new NetworkSettings { HiddenSizes = [], Heads = [.. settings?.HeadsOf(null!) ?? []] }
        );

    // A network that says 0 of everything, but whose head for bonuses says the observation.
    private static ProgramNetwork Mirror(IntrinsicSettings settings)
    {
        NetworkSpec spec = Spec(settings);
        var layout = new ParameterLayout(spec);
        var parameters = new float[layout.Count];
        if (settings.NonEpisodic)
        {
            string weight = layout.Slots.Single(slot => slot.Name.EndsWith($"{settings.ValueHead}.weight")).Name;
            Assert.StartsWith("critic", weight);
            layout[weight].In(parameters.AsSpan())[0] = 1;
        }
        var network = new ProgramNetwork(spec);
        network.LoadParameters(parameters);
        return network;
    }

    private static AuxiliaryContext Context(IntrinsicSettings settings) =>
        new(
            new LearnerContext
            {
                Settings = new TrainingSettings
                {
                    Agent = new A2cSettings { Copies = Copies, UnrollLength = 1 },
                },
                Network = Spec(settings),
                Seed = new SeedSequence(1),
                Experience = new NoExperience(),
            },
            new SeedSequence(2)
        );

    private static Fixed Stage(CountBonusSettings settings, float[] bonuses) => new(settings, Context(settings), bonuses);

    private static float[] Draw(ref Pcg64 random, int count, bool positive = false)
    {
        var numbers = new float[count];
        foreach (ref float number in numbers.AsSpan())
        {
            number = (float)(positive ? random.NextDouble() : random.NextGaussian());
        }
        return numbers;
    }

    private static double Scale(float[] bonuses, double discount)
    {
        var filter = new BonusFilter((float)discount);
        filter.Add(bonuses, Copies);
        return filter.Scale;
    }

    private sealed class Fixed(CountBonusSettings settings, AuxiliaryContext context, float[] numbers)
        : IntrinsicStage(settings, context, "fixed")
    {
        protected override IReadOnlyList<string> OwnTags => [];

        protected override void Measure(UnrollEvaluator unroll, Span<float> bonuses, MetricAverages metrics) =>
            numbers.CopyTo(bonuses);

        protected override void SaveOwnState(StateDictionary state) { }

        protected override void LoadOwnState(StateDictionary state) { }

        public override void Dispose() { }
    }

    private sealed class Other : IBatchStage
    {
        public string Name => "other";

        public IReadOnlyList<Column> Writes => [];

        public void Prepare(UnrollEvaluator unroll, MetricAverages metrics) { }

        public void SaveState(StateDictionary state) { }

        public void LoadState(StateDictionary state) { }

        public void Dispose() { }
    }
}
