using Actors.Fleet;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Fleet;
using Fleet.Hosting;
using Learners.Auxiliary;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Impala;
using Learners.Metrics;
using Learners.References;
using Learners.Runs;
using Learners.Training;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests;

public sealed class FleetLearnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_TwoActorsOfOtherSizes_TrainsEveryStepAndLetsThemGo()
    {
        using var run = new FleetRun(_folder);
        run.Updated = progress =>
        {
            if (progress.Updates == 1)
            {
                run.AwaitActorLog("Connected to run", 2); // one fast actor can fill every batch before the other one is there
            }
        };
        TrainingSettings settings = FleetRun.Small with { TotalSteps = 4_000 };
        Task<TrainingResult> learning = run.LearnAsync(settings);
        ActorResult[] actors = await Task.WhenAll(run.ActAsync("one", copies: 1), run.ActAsync("two", copies: 2));
        TrainingResult result = await learning;

        Assert.Equal((4_000, 125), (result.EnvironmentSteps, result.Updates));
        Assert.False(result.Interrupted);
        Assert.All(actors, actor => Assert.True(actor.RunCompleted));
        Assert.All(actors, actor => Assert.True(actor.Unrolls > 0));
        string[] trained = Trained(run);
        Assert.Equal(trained.Length, trained.Distinct().Count());
        Assert.Equal(4_000, trained.Sum(line => line.StartsWith("one", StringComparison.Ordinal) ? 8 : 16));
        Assert.Equal(run.Acknowledged.Order(), trained.Order());
    }

    [Fact]
    public async Task TrainAsync_Callbacks_ReportSaveThePolicyAndStop()
    {
        InvalidOperationException? refused = null;
        long episodes = 0;
        using var run = new FleetRun(_folder)
        {
            Callbacks = options =>
                options with
                {
                    OnEpisode = _ => episodes++,
                    OnUpdate = update =>
                    {
                        update.Report("own/steps", update.Progress.EnvironmentSteps);
                        if (update.Progress.EnvironmentSteps == 640)
                        {
                            refused = Assert.Throws<InvalidOperationException>(() => update.Save(_folder.In("saved")));
                            update.SavePolicy(_folder.In("policy"));
                            Assert.Equal(update.Progress.Episodes, episodes);
                            update.Stop();
                        }
                    },
                },
        };
        using var stop = new CancellationTokenSource();
        Task<ActorResult> acting = run.ActAsync("one", cancellationToken: stop.Token);
        TrainingResult result = await run.LearnAsync(FleetRun.Small);
        await stop.CancelAsync();
        await acting;

        Assert.True(result.Interrupted);
        Assert.Equal(640, result.EnvironmentSteps);
        Assert.Contains("Use SavePolicy", refused!.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("saved")));
        using SavedPolicy policy = SavedPolicy.Load(_folder.In("policy"));
        Assert.Equal(result.ParameterHash, policy.ParameterHash);
        Assert.NotEmpty(MetricsTable.Read(Path.Combine(run.Folder, "metrics.csv")).Column("own/steps").Values);
    }

    /// <summary>Teacher and default policy stay with the learner; actors need neither.</summary>
    [Fact]
    public async Task TrainAsync_TeacherAndDefaultPolicy_ArePartOfTheLearner()
    {
        TrainingResult teacher = await Trainer.TrainAsync(
            TunedSettings.For("CartPole-v1") with
            {
                TotalSteps = 10_000,
                Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
            },
            new TrainingOptions { OutputFolder = _folder.In("teacher") },
            TestContext.Current.CancellationToken
        );
        var distillation = new DistillationSettings
        {
            Teacher = new SavedReferenceSettings { Path = teacher.RunFolder },
            Weight = 10,
        };
        TrainingSettings settings = FleetRun.Small with
        {
            Agent = new ImpalaSettings
            {
                Copies = 4,
                UnrollLength = 8,
                LearningRate = 5e-3f,
                Auxiliary = [distillation, new DefaultPolicySettings { Weight = 0.01f }],
            },
        };
        using var run = new FleetRun(_folder);

        (TrainingResult result, ActorResult actor) = await run.RunAsync(settings);

        Assert.Equal((false, settings.TotalSteps), (result.Interrupted, result.EnvironmentSteps));
        Assert.True(actor.RunCompleted);
        MetricsTable table = MetricsTable.Read(new RunFolder(run.Folder).Metrics);
        double[] divergence = [.. table.Column("distillation/divergence").Values];
        Assert.True(divergence[^1] < 0.8 * divergence[0], $"from {divergence[0]} to {divergence[^1]}");
        using var kept = SavedPolicy.Load(Path.Combine(run.Folder, "default_policy"));
        Assert.Equal("impala", kept.Info.Agent);
        TrainingSettings controlled = settings with
        {
            Agent = new ImpalaSettings
            {
                Auxiliary =
                [
                    distillation with
                    {
                        Method = DistillationMethod.OnPolicy,
                        RewardWeight = 0,
                        Control = ControlPolicy.Teacher,
                    },
                ],
            },
        };
        using var refused = new FleetRun(_folder);
        SettingsException exception = await Assert.ThrowsAsync<SettingsException>(() => refused.LearnAsync(controlled));
        Assert.Contains("impala.auxiliary.distillation.control is not the student", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_Cancelled_SavesSaysGoodbyeAndGoesOnWithTheSameActors()
    {
        using var run = new FleetRun(_folder);
        using var stop = new CancellationTokenSource();
        run.Updated = progress =>
        {
            // One fast actor can fill every batch: learning waits for the other one, before the stop and after it.
            if (progress.Updates is 29 or 31)
            {
                run.AwaitActorLog("Connected to run", progress.Updates == 29 ? 2 : 4);
            }
            if (progress.Updates == 30)
            {
                stop.Cancel();
            }
        };
        Task<TrainingResult> learning = run.LearnAsync(FleetRun.Small with { TotalSteps = 4_000 }, stop.Token);
        Task<ActorResult>[] acting = [run.ActAsync("a", copies: 2), run.ActAsync("b", copies: 2)];
        TrainingResult stopped = await learning;
        Assert.Equal((true, 30), (stopped.Interrupted, stopped.Updates));
        Assert.Equal(
            960,
            new CheckpointStore(Path.Combine(run.Folder, "checkpoints"), 3).LoadNewest(_ => { }).Get<long>("environment_steps")
        );

        TrainingResult result = await run.ResumeAsync();
        ActorResult[] actors = await Task.WhenAll(acting);

        Assert.Equal((false, 125), (result.Interrupted, result.Updates));
        Assert.Contains(run.ActorLog, line => line.Contains("The learner stops; it may come back.", StringComparison.Ordinal));
        Assert.All(actors, actor => Assert.Equal((true, 0), (actor.RunCompleted, actor.Restarts)));
        Assert.All(actors, actor => Assert.True(actor.Reconnects >= 1));
        string[] trained = Trained(run);
        Assert.Equal(250, trained.Length); // nothing twice, nothing lost
        Assert.Equal(run.Acknowledged.Order(), trained.Distinct().Order());
        foreach (IGrouping<string, string> actor in trained.GroupBy(line => line[..line.LastIndexOf(' ')]))
        {
            Assert.Equal(
                Enumerable.Range(0, actor.Count()),
                actor.Select(line => int.Parse(line[line.LastIndexOf(' ')..])).Order()
            );
        }
    }

    [Fact]
    public async Task TrainAsync_NormalisedObservations_MergesAllThatActorsSaw()
    {
        var registry = new EnvironmentRegistry();
        List<Sensor> copies = [];
        registry.Register(
            "Sensor-v0",
            () =>
            {
                var copy = new Sensor();
                lock (copies)
                {
                    copies.Add(copy);
                }
                return copy;
            }
        );
        TrainingSettings settings = FleetRun.Small with
        {
            Environment = "Sensor-v0",
            TotalSteps = 20 * 32,
            Wrappers = new WrapperSettings { NormalizeObservations = true },
            Fleet = new FleetSettings { LockStep = true },
        };
        string address = "unix:" + _folder.In("s");
        Task<TrainingResult> learning = FleetLearner.TrainAsync(
            settings,
            new FleetOptions { Listen = address },
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = registry }
        );
        var actor = new ActorOptions
        {
            Learner = address,
            Id = "a",
            Registry = registry,
        };
        await ActorRunner.RunAsync(actor).InTime();
        await learning;

        // The actor's copies are those that were stepped longest; evaluation has others. What nobody acted on yet does not count.
        float[] seen =
        [
            .. copies.OrderByDescending(copy => copy.Seen.Count).Take(4).SelectMany(copy => copy.Seen.Take(2 * 20 * 8)),
        ];
        var expected = new RunningStatistics(2);
        expected.Update(seen);
        StateDictionary state = new CheckpointStore(_folder.In("run", "checkpoints"), 3)
            .LoadNewest(_ => { })
            .Scope("source")
            .Scope("statistics");
        Assert.Equal(2 * 4 * 160, seen.Length);
        Assert.Equal(expected.Count, state.Get<double>("count"), 1e-6);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(1, state.GetArray<double>("mean")[i] / expected.Mean[i], 1e-6);
            Assert.Equal(1, state.GetArray<double>("variance")[i] / expected.Variance[i], 1e-6);
        }
    }

    private static string[] Trained(FleetRun run) => [.. File.ReadLines(run.AuditFile).Where(line => !line.StartsWith('#'))];

    /// <summary>Two noisy numbers far from zero; an episode has seven steps.</summary>
    private sealed class Sensor : IEnvironment
    {
        private int _steps;

        public List<float> Seen { get; } = [];

        public Space ObservationSpace => new Box(-1e6f, 1e6f, 2);

        public Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _steps = 0;
            Show(observation, ref random);
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            bool ends = ++_steps == 7;
            if (ends)
            {
                observation.Fill(-1e5f); // final observations do not count
            }
            else
            {
                Show(observation, ref random);
            }
            return new StepResult(1, Terminated: ends);
        }

        private void Show(Span<float> observation, ref Pcg64 random)
        {
            observation[0] = (float)(1_000 + 10 * random.NextGaussian());
            observation[1] = (float)(-5 + random.NextGaussian());
            Seen.AddRange(observation);
        }
    }
}
