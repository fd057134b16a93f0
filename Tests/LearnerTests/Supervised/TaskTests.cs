using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised;
using Learners.Supervised.Tasks;
using Xunit;

namespace Tests.LearnerTests.Supervised;

/// <summary>Samples of the generated tasks, held to the definition of each task.</summary>
public sealed class TaskTests
{
    private const int BatchSize = 32;
    private const int Batches = 20;

    [Fact]
    public void AssociativeRetrieval_TargetIsTheDigitBehindTheLetterAskedFor()
    {
        foreach (int letters in (int[])[26, 8])
        {
            var task = new AssociativeRetrievalTask { Letters = letters };
            int question = letters + 10;
            var digits = new HashSet<float>();
            var asked = new HashSet<int>();
            ForEach(
                task,
                (samples, b) =>
                {
                    float[] symbols = Symbols(samples, b);
                    Assert.Equal(11, symbols.Length);
                    float[] pairs = symbols[..8];
                    float[] names = [.. pairs.Where((_, i) => i % 2 == 0)];
                    Assert.Equal(4, names.Distinct().Count());
                    Assert.All(names, letter => Assert.InRange(letter, 0, letters - 1));
                    Assert.Equal([question, question], symbols[8..10]);
                    int place = Array.IndexOf(names, symbols[10]);
                    Assert.InRange(place, 0, 3);
                    Assert.Equal(pairs[2 * place + 1] - letters, samples.Target(10, b)[0]);
                    Assert.Equal([10], Counted(samples, b));
                    digits.Add(samples.Target(10, b)[0]);
                    asked.Add(place);
                }
            );
            Assert.Equal(10, digits.Count);
            Assert.Equal(4, asked.Count);
        }
    }

    [Fact]
    public void DelayedRecall_TargetIsTheCueAtTheQuestionAlone()
    {
        var cues = new HashSet<float>();
        ForEach(
            new DelayedRecallTask { Delay = 20 },
            (samples, b) =>
            {
                float[] symbols = Symbols(samples, b);
                Assert.Equal(22, symbols.Length);
                Assert.InRange(symbols[0], 0, 7);
                Assert.All(symbols[1..21], symbol => Assert.InRange(symbol, 8, 15));
                Assert.Equal(16, symbols[21]);
                Assert.Equal(symbols[0], samples.Target(21, b)[0]);
                Assert.Equal([21], Counted(samples, b));
                cues.Add(symbols[0]);
            }
        );
        Assert.Equal(8, cues.Count);
    }

    [Fact]
    public void Copy_TargetsAreTheSymbolsInTheirOrder() =>
        ForEach(
            new CopyTask { Length = 5, Symbols = 3 },
            (samples, b) =>
            {
                float[] symbols = Symbols(samples, b);
                Assert.Equal(10, symbols.Length);
                Assert.All(symbols[..5], symbol => Assert.InRange(symbol, 0, 2));
                Assert.Equal([3, 3, 3, 3, 3], symbols[5..]);
                Assert.Equal([5, 6, 7, 8, 9], Counted(samples, b));
                Assert.Equal(symbols[..5], Enumerable.Range(5, 5).Select(t => samples.Target(t, b)[0]));
            }
        );

    [Fact]
    public void CopyBits_PatternsComeBackAfterTheFlag()
    {
        double ones = 0;
        ForEach(
            new CopyBitsTask
            {
                Length = 4,
                Bits = 3,
                Padding = 2,
            },
            (samples, b) =>
            {
                Assert.Equal(11, samples.Steps);
                for (int t = 0; t < 11; t++)
                {
                    float[] input = samples.Input(t, b).ToArray();
                    Assert.Equal(t == 6 ? 1 : 0, input[3]);
                    Assert.True(t < 4 || input[..3].All(bit => bit == 0));
                    Assert.All(input, bit => Assert.True(bit is 0 or 1));
                    ones += input[..3].Sum();
                }
                Assert.Equal([7, 8, 9, 10], Counted(samples, b));
                for (int i = 0; i < 4; i++)
                {
                    Assert.Equal(samples.Input(i, b)[..3].ToArray(), samples.Target(7 + i, b).ToArray());
                }
            }
        );
        Assert.InRange(ones / (Batches * BatchSize * 12), 0.47, 0.53);
    }

    [Fact]
    public void Adding_TargetIsTheSumOfTheTwoMarkedNumbers() =>
        ForEach(
            new AddingTask { Length = 7 },
            (samples, b) =>
            {
                float[] marks = [.. Enumerable.Range(0, 7).Select(t => samples.Input(t, b)[1])];
                float[] numbers = [.. Enumerable.Range(0, 7).Select(t => samples.Input(t, b)[0])];
                Assert.Equal(1, marks[..3].Sum());
                Assert.Equal(1, marks[3..].Sum());
                Assert.Equal(marks.Zip(numbers).Sum(pair => pair.First * pair.Second), samples.Target(6, b)[0], 1e-6);
                Assert.Equal([6], Counted(samples, b));
                Assert.All(numbers, number => Assert.InRange(number, 0, 1));
            }
        );

    [Fact]
    public void GaussianCentres_PointsLieAroundCentresOfTheirClass()
    {
        var task = new GaussianCentresTask { TrainingPoints = 3_000, EvaluationPoints = 64 };
        IDataSource source = task.Open(Context());
        var samples = new Samples(source.Form, BatchSize);
        var points = new List<(float[] Point, int Class)>();
        while (points.Count < 3_000)
        {
            source.Next(samples);
            points.AddRange(
                Enumerable.Range(0, BatchSize).Select(b => (samples.Input(0, b).ToArray(), (int)samples.Target(0, b)[0]))
            );
        }

        Assert.Equal(20, source.Form.Inputs.Size);
        Assert.Equal(2, source.EvaluationBatches);
        Assert.Equal(Enumerable.Range(0, 10), points.Select(point => point.Class).Distinct().Order());
        // Three centres of variance 1 and noise of variance 0.81: each number has variance 1.81 over all.
        double[] all = [.. points.SelectMany(point => point.Point).Select(number => (double)number)];
        Assert.Equal(1.81, all.Select(number => number * number).Average() - Math.Pow(all.Average(), 2), 0.35);
        // Points of one centre are 0.9 √2 √20 apart, others 1.35 √2 √20 and more: the nearest other point is of the same class.
        int same = points.Take(300).Count(one => Nearest(points, one.Point).Class == one.Class);
        Assert.True(same > 255, $"{same} of 300 have a neighbour of their class");
        Assert.InRange(points.Take(3_000).Select(point => point.Point[0]).Distinct().Count(), 2_990, 3_000); // each once in a round
    }

    [Fact]
    public void TwoTimescaleText_IsMadeOfWordsOfTopicsThatChangeSeldom()
    {
        var task = new TwoTimescaleTextTask
        {
            TrainingSymbols = 60_000,
            EvaluationSymbols = 1_000,
            SegmentLength = 60,
        };
        IDataSource source = task.Open(Context() with { BatchSize = 1 });
        var samples = new Samples(source.Form, 1);
        var text = new List<int>();
        float next = 0;
        for (int i = 0; i < 900; i++)
        {
            source.Next(samples);
            Assert.Equal(i == 0, samples.Starts[0]);
            Assert.DoesNotContain(true, samples.Starts.Skip(1));
            Assert.All(samples.Counts, Assert.True);
            for (int t = 0; t + 1 < 60; t++)
            {
                Assert.Equal(samples.Inputs[t + 1], samples.Targets[t]); // the next symbol
            }
            Assert.True(i == 0 || samples.Inputs[0] == next, "a segment goes on where the one before ended");
            next = samples.Targets[59];
            text.AddRange(samples.Inputs.Select(symbol => (int)symbol));
        }
        string[] words = string.Concat(text.Select(symbol => symbol == 11 ? ' ' : (char)('a' + symbol))).Split(' ')[..^1];

        Assert.InRange(words.Distinct().Count(), 24, 32); // 4 × 8, of which short ones may be equal
        Assert.All(words, word => Assert.InRange(word.Length, 3, 6));
        // Words of one topic follow each other: a pair of neighbours is one of 8 × 8 of the same topic nearly always.
        int pairs = words.Zip(words.Skip(1)).Distinct().Count();
        Assert.InRange(pairs, 200, 700); // 4 × 64 and those at the changes; a text without topics would have 1,024
    }

    [Fact]
    public void Source_SavedState_GoesOnWithTheSameBatches()
    {
        foreach (SupervisedTask task in Generated)
        {
            IDataSource source = task.Open(Context());
            var samples = new Samples(source.Form, BatchSize);
            for (int i = 0; i < 3; i++)
            {
                source.Next(samples);
            }
            var state = new Environments.State.StateDictionary();
            source.SaveState(state);
            source.Next(samples);
            float[] expected = [.. samples.Inputs, .. samples.Targets];

            IDataSource other = task.Open(Context());
            other.LoadState(state);
            other.Next(samples);

            Assert.Equal(expected, (float[])[.. samples.Inputs, .. samples.Targets]);
        }
    }

    [Fact]
    public void Evaluation_IsFixedAndNothingThatIsLearnedFrom()
    {
        foreach (SupervisedTask task in Generated)
        {
            IDataSource source = task.Open(Context());
            var samples = new Samples(source.Form, BatchSize);
            source.ReadEvaluation(0, samples);
            float[] before = [.. samples.Inputs, .. samples.Targets];
            source.Next(samples);
            // A quadratic without noise is judged by what it is.
            Assert.Equal(task is BiasedQuadraticTask, before.SequenceEqual([.. samples.Inputs, .. samples.Targets]));
            source.ReadEvaluation(0, samples);

            Assert.Equal(before, (float[])[.. samples.Inputs, .. samples.Targets]);
            Assert.True(samples.CountedRows() > 0, task.Name);
        }
    }

    [Fact]
    public void Evaluation_LastBatch_HoldsWhatIsLeftAndNothingElse()
    {
        IDataSource source = new CopyTask { Length = 2 }.Open(Context() with { EvaluationSamples = BatchSize + 3 });
        var samples = new Samples(source.Form, BatchSize);

        source.ReadEvaluation(1, samples);

        Assert.Equal(2, source.EvaluationBatches);
        Assert.Equal(3 * 2, samples.CountedRows());
    }

    [Fact]
    public void Table_NamesAndTargetsFitInputs()
    {
        foreach (SupervisedTask task in Generated)
        {
            SupervisedSettings settings = SupervisedSources.Load(task.Name, null, []);
            Assert.Equal(task, settings.Task);
            IDataSource source = task.Open(Context());
            var samples = new Samples(source.Form, BatchSize);
            source.Next(samples);
            if (source.Form.Inputs is not Box)
            {
                for (int row = 0; row < samples.Count; row++)
                {
                    int size = source.Form.Inputs.Size;
                    Assert.True(source.Form.Inputs.Contains(samples.Inputs.AsSpan(row * size, size)), task.Name);
                }
            }
        }
    }

    private static IEnumerable<SupervisedTask> Generated =>
        SupervisedTasks.All.Where(task => task is not (TextTask or ImagesTask));

    private static SourceContext Context() => new(BatchSize, 100, new SeedSequence(5));

    private static void ForEach(SupervisedTask task, Action<Samples, int> check)
    {
        IDataSource source = task.Open(Context());
        var samples = new Samples(source.Form, BatchSize);
        for (int i = 0; i < Batches; i++)
        {
            source.Next(samples);
            for (int b = 0; b < BatchSize; b++)
            {
                Assert.Equal([0], Enumerable.Range(0, samples.Steps).Where(t => samples.Starts[samples.Row(t, b)]));
                check(samples, b);
            }
        }
    }

    private static float[] Symbols(Samples samples, int b) =>
        [.. Enumerable.Range(0, samples.Steps).Select(t => samples.Input(t, b)[0])];

    private static IEnumerable<int> Counted(Samples samples, int b) =>
        Enumerable.Range(0, samples.Steps).Where(t => samples.Counts[samples.Row(t, b)]);

    private static (float[] Point, int Class) Nearest(List<(float[] Point, int Class)> points, float[] point) =>
        points
            .Where(other => other.Point != point && !other.Point.SequenceEqual(point))
            .MinBy(other => other.Point.Zip(point).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));
}
