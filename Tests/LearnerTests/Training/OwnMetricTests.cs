using Agents.Networks;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.A2c;
using Learners.Composition;
using Learners.Metrics;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class OwnMetricTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static EnvironmentRegistry Registry(Func<Counting> create)
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.Copy();
        registry.Register("Own/Counting-v0", create, spec => spec with { MaxEpisodeSteps = 8 });
        return registry;
    }

    private async Task<MetricsTable> Train(int threads, WrapperSettings wrappers)
    {
        TrainingResult result = await Trainer.TrainAsync(
            new TrainingSettings
            {
                Environment = "Own/Counting-v0",
                TotalSteps = 10 * 4 * 16,
                EnvironmentThreads = threads,
                Wrappers = wrappers,
                Network = new NetworkSettings { HiddenSizes = [8] },
                Agent = new A2cSettings { Copies = 4, UnrollLength = 16 },
                Evaluation = new EvaluationSettings { Episodes = 2, FinalEpisodes = 2 },
            },
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = Registry(() => new Counting()) },
            TestContext.Current.CancellationToken
        );
        return MetricsTable.Read(Path.Combine(result.RunFolder, "metrics.csv"));
    }

    /// <summary>An unroll of 16 steps is two episodes of 8, whatever the threads; skipped frames count as well.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    [InlineData(1, 4)]
    public async Task Measure_NumbersOfStepsAndEpisodes_AreMeansInTheTable(int threads, int skip)
    {
        MetricsTable table = await Train(threads, new WrapperSettings { FrameSkip = skip });

        Assert.Equal(Enumerable.Repeat(4.5, 10), table.Column("environment/step").Values);
        Assert.Equal(Enumerable.Repeat(8.0, 10), table.Column("environment/length of an episode").Values);
    }

    [Fact]
    public void Step_OfAnEnvironmentThatMeasures_AllocatesNothing()
    {
        using IBatchedEnvironment environment = Registry(() => new Counting()).Make("Own/Counting-v0", 16);
        var metrics = new EnvironmentMetrics();
        var actions = new float[16];
        environment.Reset(1);
        StepAndTake();
        long before = GC.GetAllocatedBytesForCurrentThread();
        StepAndTake();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void StepAndTake()
        {
            for (int i = 0; i < 100; i++)
            {
                environment.Step(actions);
            }
            environment.TakeMetrics(metrics);
        }
    }

    [Fact]
    public void StepSome_OnlyCopiesThatStep_Measure()
    {
        using IBatchedEnvironment environment = Registry(() => new Counting()).Make("Own/Counting-v0", 3);
        var metrics = new EnvironmentMetrics();
        environment.Reset(1);
        environment.StepSome(new float[3], [true, false, true]);
        environment.StepSome(new float[3], [false, false, true]);
        environment.TakeMetrics(metrics);

        MeasuredNumbers numbers = Assert.Single(metrics.All);
        Assert.Equal((3, 4.0), (numbers.Count, numbers.Total)); // 1 and 1, then 2
    }

    [Theory]
    [InlineData("a,b", "comma")]
    [InlineData(" ", "needs a name")]
    [InlineData("twice", "two metrics of one name")]
    public void Make_NameThatCannotBe_SaysWhy(string name, string reason)
    {
        EnvironmentRegistry registry = Registry(() => new Counting { Names = [name, "twice"] });
        var error = Assert.Throws<ArgumentException>(() => registry.Make("Own/Counting-v0"));
        Assert.StartsWith("Own/Counting-v0 has ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private struct Counting : IEnvironment
    {
        private int _step;

        public Counting() { }

        public string[] Names { get; init; } = ["step", "length of an episode"];

        public readonly Space ObservationSpace => new Box(0, 100, 1);

        public readonly Space ActionSpace => new Discrete(2);

        public readonly IReadOnlyList<string> MetricNames => Names;

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _step = 0;
            observation[0] = 0;
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            observation[0] = ++_step;
            return new StepResult(1);
        }

        public readonly void Measure(bool episodeEnds, Span<float> values)
        {
            values[0] = _step;
            values[1] = episodeEnds ? _step : float.NaN;
        }
    }
}
