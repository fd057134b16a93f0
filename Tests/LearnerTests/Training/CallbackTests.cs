using Agents.Networks;
using Agents.Policies;
using Learners.A2c;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Metrics;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class CallbackTests : IDisposable
{
    private const int Unroll = 4 * 16;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TrainingSettings Small { get; } =
        new()
        {
            TotalSteps = 40 * Unroll,
            Network = new NetworkSettings { HiddenSizes = [16] },
            Agent = new A2cSettings { Copies = 4, UnrollLength = 16 },
            Evaluation = new EvaluationSettings { Episodes = 2, FinalEpisodes = 4 },
        };

    private Task<TrainingResult> Train(TrainingOptions options, TrainingSettings? settings = null) =>
        Trainer.TrainAsync(
            settings ?? Small,
            options.InMemory ? options : options with { OutputFolder = _folder.In("run") },
            TestContext.Current.CancellationToken
        );

    [Fact]
    public async Task Callbacks_AreToldOfEveryUpdateEpisodeAndEvaluation()
    {
        var updates = new List<TrainingUpdate>();
        var episodes = new List<TrainingEpisode>();
        var evaluations = new List<TrainingEvaluation>();

        TrainingResult result = await Train(
            new TrainingOptions
            {
                OnUpdate = updates.Add,
                OnEpisode = episodes.Add,
                OnEvaluation = evaluations.Add,
            },
            Small with
            {
                RecordEpisodes = true,
            }
        );

        Assert.Equal(
            Enumerable.Range(1, 40).Select(i => (long)i * Unroll),
            updates.Select(update => update.Progress.EnvironmentSteps)
        );
        Assert.Equal(result.Updates, updates[^1].Progress.Updates);
        Assert.All(updates, update => Assert.Contains("losses/policy_loss", update.Metrics.Keys));
        Assert.True(updates.Select(update => update.Metrics["losses/policy_loss"]).Distinct().Count() > 30);
        string[] recorded = await File.ReadAllLinesAsync(
            Path.Combine(result.RunFolder, "episodes.csv"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(recorded.Length - 1, episodes.Count);
        Assert.Equal(
            recorded.Skip(1).Select(line => line.Split(',')[2]),
            episodes.Select(episode => episode.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))
        );
        Assert.Equal([.. Enumerable.Repeat(false, 9), true], evaluations.Select(evaluation => evaluation.IsFinal));
        Assert.Equal(result.Evaluation, evaluations[^1].Result);
        Assert.Equal(result.BestReturn, evaluations.Last(evaluation => evaluation.IsBest).Result.MeanReturn);
    }

    [Fact]
    public async Task Callbacks_MetricsOfAnUpdate_AverageToTheRowsOfTheTable()
    {
        var told = new List<double>();
        TrainingSettings settings = Small with
        {
            TotalSteps = 1_500 * Unroll,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

        TrainingResult result = await Train(
            new TrainingOptions { OnUpdate = update => told.Add(update.Metrics["losses/entropy"]) },
            settings
        );

        (_, double[] rows) = MetricsTable.Read(Path.Combine(result.RunFolder, "metrics.csv")).Column("losses/entropy");
        Assert.Equal(500, rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(rows[i], told.Skip(3 * i).Take(3).Average(), 1e-12);
        }
    }

    [Fact]
    public async Task Callbacks_ThatReportAndSave_DoNotChangeWhatIsLearned()
    {
        TrainingResult plain = await Train(new TrainingOptions { InMemory = true });

        TrainingResult called = await Train(
            new TrainingOptions
            {
                OnUpdate = update =>
                {
                    update.Report("own/steps", update.Progress.EnvironmentSteps);
                    if (update.Progress.EnvironmentSteps % (10 * Unroll) == 0)
                    {
                        update.Save(_folder.In("saved"));
                        update.SavePolicy(_folder.In("policy"));
                    }
                },
                OnEpisode = episode => episode.Report("own/length", episode.Length),
                OnEvaluation = evaluation => evaluation.Report("own/best", evaluation.IsBest ? 1 : 0),
            }
        );

        Assert.Equal(plain.ParameterHash, called.ParameterHash);
        Assert.Equal(plain.Evaluation, called.Evaluation);
        Assert.Equal(plain.BestReturn, called.BestReturn);
    }

    [Fact]
    public async Task Report_NewNames_GetColumnsAndEmptyCellsBefore()
    {
        TrainingResult result = await Train(
            new TrainingOptions
            {
                OnUpdate = update =>
                {
                    if (update.Progress.EnvironmentSteps >= 20 * Unroll)
                    {
                        update.Report("late", update.Progress.EnvironmentSteps);
                    }
                },
                OnEvaluation = evaluation =>
                {
                    if (evaluation.IsFinal)
                    {
                        evaluation.Report("last", 7);
                    }
                },
            }
        );

        var table = MetricsTable.Read(Path.Combine(result.RunFolder, "metrics.csv"));
        (double[] steps, double[] late) = table.Column("late");
        Assert.Equal(Enumerable.Range(20, 21).Select(i => (double)(i * Unroll)), steps);
        Assert.Equal(steps, late);
        Assert.Equal(40, table.Column("losses/entropy").Values.Length);
        Assert.Equal([7.0], table.Column("last").Values);
        Assert.True(HoldsBytes(result.RunFolder, "late"));
    }

    [Theory]
    [InlineData("a,b", "comma")]
    [InlineData("", "needs a name")]
    [InlineData("losses/policy_loss", "has already")]
    [InlineData("environment/queue", "among the metrics of the environment")]
    public async Task Report_NameThatCannotBe_EndsTheRunWithTheReason(string name, string reason)
    {
        TrainingCallbackException failure = await Assert.ThrowsAsync<TrainingCallbackException>(() =>
            Train(new TrainingOptions { OnUpdate = update => update.Report(name, 1) })
        );

        Assert.StartsWith($"OnUpdate failed at step {Unroll}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.IsType<ArgumentException>(failure.InnerException);
    }

    [Fact]
    public async Task Report_NamesWithoutEnd_AreRefused()
    {
        TrainingCallbackException failure = await Assert.ThrowsAsync<TrainingCallbackException>(() =>
            Train(
                new TrainingOptions
                {
                    InMemory = true,
                    OnUpdate = update =>
                    {
                        for (int i = 0; i < 201; i++)
                        {
                            update.Report($"n{i}", i);
                        }
                    },
                }
            )
        );

        Assert.Contains("metric number 201", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_PendingAtACheckpoint_IsInTheRowAfterResuming()
    {
        // Rows are written every third update; the run stops after the fourth, so that one report waits in the checkpoint.
        TrainingSettings settings = Small with
        {
            TotalSteps = 1_500 * Unroll,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
        var options = new TrainingOptions
        {
            OnUpdate = update =>
            {
                update.Report("own", update.Progress.EnvironmentSteps);
                if (update.Progress.EnvironmentSteps is 4 * Unroll or 7 * Unroll)
                {
                    update.Stop();
                }
            },
        };
        await Train(options, settings);
        await Trainer.ResumeAsync(_folder.In("run"), null, options, TestContext.Current.CancellationToken);

        (double[] steps, double[] own) = MetricsTable.Read(Path.Combine(_folder.In("run"), "metrics.csv")).Column("own");
        Assert.Equal([3.0 * Unroll, 6.0 * Unroll], steps);
        Assert.Equal([2.0 * Unroll, 5.0 * Unroll], own);
    }

    [Fact]
    public async Task Stop_EndsAsACancellationDoes_AndTheRunCanBeResumed()
    {
        TrainingResult straight = await Train(new TrainingOptions { InMemory = true });
        TrainingResult stopped = await Train(
            new TrainingOptions
            {
                OnUpdate = update =>
                {
                    if (update.Progress.EnvironmentSteps == 15 * Unroll)
                    {
                        update.Stop();
                    }
                },
            }
        );

        Assert.True(stopped.Interrupted);
        Assert.Null(stopped.Evaluation);
        Assert.Equal(15 * Unroll, stopped.EnvironmentSteps);
        using (SavedPolicy policy = SavedPolicy.Load(stopped.PolicyFolder))
        {
            Assert.Equal(stopped.ParameterHash, policy.ParameterHash);
        }
        TrainingResult resumed = await Trainer.ResumeAsync(
            stopped.RunFolder,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
        Assert.Equal(straight.Evaluation, resumed.Evaluation);
    }

    public static TheoryData<string, long> Failures =>
        new()
        {
            { "OnUpdate", 15 * Unroll },
            { "OnUpdate", 40 * Unroll }, // the last one
            { "OnEvaluation", 16 * Unroll },
            { "OnEvaluation", 40 * Unroll }, // the final one
            { "OnEpisode", 0 },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Callback_Fails_NamesItselfAndNothingIsLost(string callback, long at)
    {
        void Fail(string name, TrainingMoment moment)
        {
            if (name == callback && moment.Progress.EnvironmentSteps >= at)
            {
                throw new InvalidOperationException("The dashboard is away.");
            }
        }
        TrainingResult straight = await Train(new TrainingOptions { InMemory = true });

        TrainingCallbackException failure = await Assert.ThrowsAsync<TrainingCallbackException>(() =>
            Train(
                new TrainingOptions
                {
                    OnUpdate = moment => Fail("OnUpdate", moment),
                    OnEvaluation = moment => Fail("OnEvaluation", moment),
                    OnEpisode = moment => Fail("OnEpisode", moment),
                }
            )
        );

        Assert.Equal(callback, failure.Callback);
        Assert.StartsWith(
            $"{callback} failed at step {failure.Result!.EnvironmentSteps}: The dashboard is away. ",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(_folder.In("run"), failure.Message, StringComparison.Ordinal);
        string newest = Directory.GetDirectories(Path.Combine(_folder.In("run"), "checkpoints")).Max()!;
        Assert.Equal($"{failure.Result.EnvironmentSteps:D12}", Path.GetFileName(newest));
        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("run"),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
        Assert.Equal(straight.Evaluation, resumed.Evaluation);
    }

    [Fact]
    public async Task Moment_KeptBeyondItsCall_DoesNothing()
    {
        TrainingUpdate? kept = null;
        await Train(new TrainingOptions { InMemory = true, OnUpdate = update => kept = update });

        var error = Assert.Throws<InvalidOperationException>(() => kept!.SavePolicy(_folder.In("policy")));
        Assert.Contains("inside the callback", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callbacks_NotSet_AllocateNothing()
    {
        TrainingSettings settings = Small with
        {
            TotalSteps = 5_000 * Unroll,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
        var run = new Allocations();
        await Trainer.TrainAsync(settings, new TrainingOptions { InMemory = true, Progress = run }, CancellationToken.None);
        var alone = new Allocations();
        await Task.Run(
            async () =>
            {
                using var session = TrainingSession.Create(settings);
                while (await session.StepAsync(null, CancellationToken.None) && !session.IsDone)
                {
                    alone.Report(default);
                }
            },
            TestContext.Current.CancellationToken
        );

        // What the learner itself allocates; rows of the log, one in ten updates, come on top of it.
        Assert.Equal(alone.Usual, run.Usual);
    }

    [Fact]
    public async Task InMemory_LeavesNoFile_AndItsPolicyEvaluatesAsTheSavedOne()
    {
        string before = Directory.GetCurrentDirectory();
        string[] runs = Runs(before);
        TrainingResult saved = await Train(new TrainingOptions());
        TrainingResult result = await Train(new TrainingOptions { InMemory = true });

        Assert.Equal(runs, Runs(before));
        Assert.Equal(("", ""), (result.RunFolder, result.PolicyFolder));
        Assert.Equal(saved.ParameterHash, result.Policy.ParameterHash);
        Assert.Equal(saved.Evaluation, result.Evaluation);
        using SavedPolicy loaded = SavedPolicy.Load(saved.PolicyFolder);
        Assert.Equal(Evaluator.Evaluate(loaded, episodes: 5), Evaluator.Evaluate(result.Policy, episodes: 5));
        Assert.Equal(loaded.Info, result.Policy.Info);
    }

    [Fact]
    public async Task InMemory_WithAFolder_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() =>
            Trainer.TrainAsync(
                Small,
                new TrainingOptions { InMemory = true, OutputFolder = _folder.In("run") },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("Set one of", error.Message, StringComparison.Ordinal);
    }

    private static string[] Runs(string folder) =>
        Directory.Exists(Path.Combine(folder, "runs")) ? Directory.GetDirectories(Path.Combine(folder, "runs")) : [];

    private static bool HoldsBytes(string folder, string text) =>
        Directory
            .GetFiles(folder, "events.out.tfevents.*")
            .Any(file => File.ReadAllText(file).Contains(text, StringComparison.Ordinal));

    private sealed class Allocations : IProgress<TrainingProgress>
    {
        private long _before = GC.GetAllocatedBytesForCurrentThread();

        private readonly List<long> _perUpdate = new(10_000);

        /// <summary>Median of the updates after a thousand.</summary>
        public long Usual => _perUpdate.Skip(1_000).Order().ElementAt((_perUpdate.Count - 1_000) / 2);

        public void Report(TrainingProgress value)
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            _perUpdate.Add(now - _before);
            _before = GC.GetAllocatedBytesForCurrentThread();
        }
    }
}
