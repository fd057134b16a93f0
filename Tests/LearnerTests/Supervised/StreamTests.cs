using Agents.Networks;
using Agents.Networks.Cores;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised;
using Learners.Supervised.Targets;
using Learners.Supervised.Tasks;
using Xunit;

namespace Tests.LearnerTests.Supervised;

/// <summary>Streams carry the state of a core from segment to segment, and gradients reach back as far as they are said to.</summary>
public sealed class StreamTests
{
    private const int Streams = 4;

    public static TheoryData<string> Cores => [.. MemoryCores.All.Select(core => core.Name)];

    [Theory]
    [MemberData(nameof(Cores))]
    public void Evaluate_SegmentsOf8_AreSegmentsOf16(string core)
    {
        SupervisedScore[] scores =
        [
            .. new[] { 8, 16 }.Select(length =>
            {
                var task = new TwoTimescaleTextTask
                {
                    TrainingSymbols = 1_000,
                    EvaluationSymbols = Streams * (16 * 6 + 1),
                    SegmentLength = length,
                };
                IDataSource source = task.Open(new SourceContext(Streams, 1, new SeedSequence(3)));
                NetworkSpec spec = Spec(source.Form, core);
                using var evaluator = new SupervisedEvaluator(source, spec, Streams);
                return evaluator.Evaluate(Parameters(spec));
            }),
        ];

        Assert.Equal(Streams * 16 * 6, scores[0].Answers);
        Assert.Equal(scores[0].Answers, scores[1].Answers);
        Assert.Equal(scores[0].Loss, scores[1].Loss, 2e-5);
        Assert.Equal(scores[0].Accuracy!.Value, scores[1].Accuracy!.Value, 1e-3);
        Assert.Equal(scores[0].Loss / Math.Log(2), scores[0].BitsPerSymbol!.Value, 1e-9);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gtrxl")] // its form for gradients has no last state, so it is stepped
    public void Learn_Streams_CarryTheStateThatThePriorParametersLeft(string core)
    {
        SupervisedSettings settings = SupervisedSources.Load(
            "two_timescale_text",
            null,
            [
                "batch_size=4",
                $"network.core={core}",
                "network.core_size=8",
                "evaluation.gradient_lag=0",
                "two_timescale_text.segment_length=6",
                "two_timescale_text.training_symbols=400",
                "two_timescale_text.evaluation_symbols=100",
            ]
        );
        IDataSource source = SupervisedRun.OpenSource(settings);
        using var learner = new SupervisedLearner(settings, source.Form, new SeedSequence(1));
        var samples = new Samples(source.Form, 4);
        float[] before = learner.Parameters.ToArray();
        source.Next(samples);
        var state = new float[4 * learner.Spec.CoreStateSize];
        using (var network = new ProgramNetwork(learner.Spec, before))
        {
            network.UnrollHeads(6, samples.Inputs, samples.Starts, state, []);
        }

        learner.Learn(samples, new());
        var saved = new Environments.State.StateDictionary();
        learner.SaveState(saved);

        Assert.All(saved.GetArray<float>("core_state").Zip(state), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.Contains(state, number => number != 0);
    }

    [Fact]
    public void Learn_WholeSequences_BeginWithAFreshState()
    {
        SupervisedSettings settings = SupervisedSources.Load("copy", null, ["copy.length=3", "network.core_size=4"]);
        IDataSource source = SupervisedRun.OpenSource(settings);
        using var learner = new SupervisedLearner(settings, source.Form, new SeedSequence(1));
        var samples = new Samples(source.Form, settings.BatchSize);
        source.Next(samples);
        learner.Learn(samples, new());
        var saved = new Environments.State.StateDictionary();
        learner.SaveState(saved);

        Assert.All(saved.GetArray<float>("core_state"), number => Assert.Equal(0, number));
    }

    [Theory]
    [InlineData("lstm", 5, false)]
    [InlineData("lstm", 12, true)] // the whole segment: the state is the carried one
    [InlineData("gru", 3, true)]
    [InlineData("ln_lstm", 4, false)]
    public void LagGradient_IsThatOfDifferences(string core, int lag, bool carries)
    {
        var form = new DataForm(new Discrete(5), new ClassTargets(5), 12, carries);
        NetworkSpec spec = Spec(form, core);
        float[] parameters = Parameters(spec);
        var samples = new Samples(form, 3);
        var random = new Pcg64(8);
        samples.Clear();
        if (carries)
        {
            Array.Clear(samples.Starts);
        }
        for (int i = 0; i < samples.Count; i++)
        {
            (samples.Inputs[i], samples.Targets[i], samples.Counts[i]) = (random.NextInt(0, 5), random.NextInt(0, 5), true);
        }
        var before = new float[3 * spec.CoreStateSize];
        foreach (ref float number in before.AsSpan())
        {
            number = 0.5f * (float)random.NextGaussian();
        }
        using var network = new ProgramNetwork(spec, parameters);
        var measured = new LagGradient(form, spec, 3, lag, parameters);

        measured.Measure(samples, network, before);
        IReadOnlyList<PartGradient> found = measured.TakeMeans();

        var state = (float[])before.Clone();
        int skipped = 12 - lag;
        if (skipped > 0)
        {
            network.UnrollHeads(skipped, samples.Inputs.AsSpan(0, skipped * 3), samples.Starts.AsSpan(0, skipped * 3), state, []);
        }
        for (int part = 0; part < spec.State.Parts.Count; part++)
        {
            double norms = 0;
            for (int b = 0; b < 3; b++)
            {
                double squares = 0;
                for (int k = 0; k < spec.State.Parts[part].Columns; k++)
                {
                    int place = b * spec.CoreStateSize + spec.State.OffsetOf(part) + k;
                    double slope = (LastLoss(state, place, 1e-2f, b) - LastLoss(state, place, -1e-2f, b)) / 2e-2;
                    squares += slope * slope;
                }
                norms += Math.Sqrt(squares);
            }
            Assert.Equal(spec.State.Parts[part].Name, found[part].Part);
            Assert.True(norms / 3 > 1e-4, $"{norms}");
            Assert.Equal(1, found[part].Norm / (norms / 3), 0.02);
        }

        double LastLoss(float[] from, int place, float change, int b)
        {
            var moved = (float[])from.Clone();
            moved[place] += change;
            int first = skipped * 3;
            var logits = new float[lag * 3 * 5];
            bool[] starts = new bool[lag * 3];
            network.UnrollHeads(lag, samples.Inputs.AsSpan(first), starts, moved, [new(TargetForm.Head, logits)]);
            double[] row = [.. logits.AsSpan(((lag - 1) * 3 + b) * 5, 5).ToArray().Select(logit => (double)logit)];
            return Math.Log(row.Sum(Math.Exp)) - row[(int)samples.Targets[11 * 3 + b]];
        }
    }

    private static NetworkSpec Spec(DataForm form, string core) =>
        SupervisedNetwork.SpecOf(
            form,
            new NetworkSettings
            {
                Core = core,
                CoreSize = 8,
                HiddenSizes = [6],
            }
        );

    private static float[] Parameters(NetworkSpec spec)
    {
        var random = new Pcg64(4);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        foreach (ref float number in parameters.AsSpan())
        {
            number += 0.1f * (float)random.NextGaussian(); // so that biases and norms take part
        }
        return parameters;
    }
}
