using Agents.Policies;
using Agents.Yaml;
using Learners.Checkpoints;
using Learners.Metrics;
using Learners.Models;
using Learners.Supervised;
using Xunit;

namespace Tests.LearnerTests.Supervised;

/// <summary>Whole runs: they learn, go on bit for bit, and refuse what cannot be.</summary>
public sealed class SupervisedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string[]> Runs =>
        new()
        {
            { "gaussian_centres", ["gaussian_centres.training_points=300", "gaussian_centres.evaluation_points=50"] },
            {
                "gaussian_centres",
                ["optimizer=adam", "optimizer_wrappers={lookahead: {}}", "gaussian_centres.training_points=300"]
            },
            { "copy", ["copy.length=4", "network.core_size=8"] },
            { "biased_quadratic", ["gradient_similarity={rule: weighted, averaging: 0.9}"] },
            {
                "two_timescale_text",
                [
                    "two_timescale_text.training_symbols=2000",
                    "two_timescale_text.evaluation_symbols=500",
                    "batch_size=4",
                    "two_timescale_text.segment_length=10",
                    "evaluation.gradient_lag=5",
                    "network.core_size=8",
                    "network.ln_lstm.zoneout_cell=0.2",
                ]
            },
            {
                "two_timescale_text",
                [
                    "two_timescale_text.training_symbols=2000",
                    "two_timescale_text.evaluation_symbols=500",
                    "batch_size=4",
                    "two_timescale_text.segment_length=10",
                    "evaluation.gradient_lag=0",
                    "network.core=gtrxl",
                    "network.core_size=8",
                    "network.transformer.layers=1",
                    "network.transformer.heads=2",
                ]
            },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Resume_StoppedRun_EndsWithTheSameBits(string task, string[] assignments)
    {
        SupervisedSettings settings = SupervisedSources.Load(task, null, [.. assignments, "updates=60", "log_every=7"]);
        SupervisedResult straight = await SupervisedTrainer.LearnAsync(settings, Options("straight"));

        using var stop = new CancellationTokenSource();
        SupervisedResult stopped = await SupervisedTrainer.LearnAsync(
            settings,
            Options("stopped") with
            {
                Progress = new Stopper(stop, 33),
            },
            stop.Token
        );
        SupervisedResult resumed = await SupervisedTrainer.ResumeAsync(stopped.RunFolder, []);

        Assert.True(stopped.Interrupted);
        Assert.Equal(33, stopped.Updates);
        Assert.Null(stopped.Score);
        Assert.False(resumed.Interrupted);
        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
        Assert.Equal(straight.RunningAccuracy, resumed.RunningAccuracy);
        Assert.Equal(straight.Score!.Loss, resumed.Score!.Loss);
        (double[] steps, double[] losses) = Metrics(straight, "losses/loss");
        Assert.Equal((steps, losses), Metrics(resumed, "losses/loss"), Same);
        Assert.Equal([7, 14, 21, 28, 35, 42, 49, 56, 60], steps);
    }

    [Fact]
    public async Task Learn_GaussianCentres_IsRight93TimesIn100()
    {
        SupervisedSettings settings = SupervisedSources.Load("gaussian_centres", null, ["evaluation.every_updates=1500"]);

        SupervisedResult result = await SupervisedTrainer.LearnAsync(settings, Options("run"));

        Assert.Equal(1500, result.Updates);
        Assert.InRange(result.Score!.Accuracy!.Value, 0.93, 0.99);
        Assert.Equal(5_000, result.Score.Answers);
        (SavedNetwork network, SupervisedScore again) = SupervisedTrainer.Evaluate(result.RunFolder, []);
        Assert.Equal(result.Score.Loss, again.Loss);
        Assert.Equal(result.ParameterHash, network.ParameterHash);
        (_, SupervisedScore noisy) = SupervisedTrainer.Evaluate(result.RunFolder, ["gaussian_centres.noise=3"]);
        Assert.True(noisy.Accuracy < 0.7, $"{noisy.Accuracy}");
    }

    [Fact]
    public async Task Learn_DelayedRecall_StopsAtItsAccuracy()
    {
        SupervisedSettings settings = SupervisedSources.Load("delayed_recall", null, ["delayed_recall.delay=2"]);

        SupervisedResult result = await SupervisedTrainer.LearnAsync(settings, Options("run"));

        Assert.True(result.Stopped);
        Assert.InRange(result.Updates, 20, 1_000);
        Assert.InRange(result.RunningAccuracy!.Value, 0.9, 1);
        Assert.True(result.Score!.Accuracy > 0.85, $"{result.Score.Accuracy}");
    }

    [Fact]
    public async Task Learn_Adding_SquaredErrorFallsBelowTheOfSayingOne()
    {
        SupervisedSettings settings = SupervisedSources.Load(
            "adding",
            null,
            ["adding.length=4", "updates=400", "network.core_size=16", "learning_rate=5e-3"]
        );

        SupervisedResult result = await SupervisedTrainer.LearnAsync(settings, Options("run"));

        Assert.Null(result.Score!.Accuracy);
        Assert.Null(result.Score.BitsPerSymbol);
        Assert.True(result.Score.Loss < 0.05, $"{result.Score.Loss} of 0.167");
    }

    [Theory]
    [InlineData("copy.lenght=3", "Did you mean 'copy.length'?")]
    [InlineData("delayed_recall.delay=3", "It goes with task: delayed_recall, and task is copy.")]
    [InlineData("optimizer=adma", "there is no optimizer 'adma'. Did you mean 'adam'?")]
    [InlineData("optimizer=kfac", "kfac draws from the distributions of a policy")]
    [InlineData("network.heads=[{name: a}]", "the task says which head the network has")]
    [InlineData("batch_size=0", "batch_size")]
    [InlineData("gradient_similarity.rule=weighted", "gradient_similarity.rule: there is nothing to gate")]
    public void Load_WhatCannotBe_SaysSo(string assignment, string expected)
    {
        string message = Assert.Throws<SettingsException>(() => SupervisedSources.Load("copy", null, [assignment])).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownTask_SuggestsOne() =>
        Assert.Contains(
            "there is no task 'coppy'. Did you mean 'copy'?",
            Assert.Throws<SettingsException>(() => SupervisedSources.Load("coppy", null, [])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Load_AnotherOptimizerThanUsual_LeavesTheUsualOnesSettingsOut()
    {
        SupervisedSettings settings = SupervisedSources.Load("gaussian_centres", null, ["optimizer=adam"]);

        Assert.Equal(1e-8, Assert.IsType<Learners.Optimizers.AdamSettings>(settings.Optimizer).Epsilon);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Write_ReadAgain_IsTheSame(string task, string[] assignments)
    {
        SupervisedSettings settings = SupervisedSources.Load(task, null, assignments);
        string path = _folder.In("config.yaml");
        File.WriteAllText(path, SupervisedSources.Write(settings));

        Assert.Equal(settings, SupervisedSources.Read(path, []));
    }

    [Fact]
    public async Task Resume_OtherSettings_AreRefused()
    {
        SupervisedResult result = await Short();

        Assert.Contains(
            "A resumed run keeps its settings",
            Assert
                .Throws<SettingsException>(() =>
                {
                    _ = SupervisedTrainer.ResumeAsync(result.RunFolder, ["learning_rate=1"]);
                })
                .Message,
            StringComparison.Ordinal
        );
        SupervisedResult longer = await SupervisedTrainer.ResumeAsync(result.RunFolder, ["updates=25"]);
        Assert.Equal(25, longer.Updates);
    }

    [Fact]
    public async Task Learn_FolderOfARun_IsRefused()
    {
        SupervisedResult result = await Short();
        SupervisedSettings settings = SupervisedSources.Load("copy", null, []);

        await Assert.ThrowsAsync<IOException>(() =>
            SupervisedTrainer.LearnAsync(settings, new SupervisedOptions { OutputFolder = result.RunFolder })
        );
    }

    [Fact]
    public void Resume_NoRun_SaysSo() =>
        Assert.Contains(
            "holds no run",
            Assert
                .Throws<CheckpointException>(() =>
                {
                    _ = SupervisedTrainer.ResumeAsync(_folder.In("nothing"), []);
                })
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Network_EditedWeights_AreRefused()
    {
        SupervisedResult result = await Short();
        string weights = Path.Combine(result.NetworkFolder, SavedNetwork.WeightsFile);
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);

        Assert.Contains(
            "is not the file that was saved",
            Assert.Throws<PolicyFormatException>(() => SavedNetwork.Load(result.NetworkFolder)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Learn_MoreMemoryThanThereIs_IsRefusedBeforeItIsTaken()
    {
        SupervisedSettings settings = SupervisedSources.Load(
            "copy",
            null,
            ["batch_size=65536", "copy.length=10000", "copy.symbols=1000"]
        );
        Assert.Contains(
            "Lower batch_size",
            Assert
                .Throws<SettingsException>(() => SupervisedSize.Require(settings, SupervisedRun.OpenSource(settings).Form))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Learn_LagLongerThanASequence_IsRefused()
    {
        SupervisedSettings settings = SupervisedSources.Load("copy", null, ["copy.length=3", "evaluation.gradient_lag=7"]);

        Assert.Contains(
            "a sequence has 6 steps",
            (await Assert.ThrowsAsync<SettingsException>(() => SupervisedTrainer.LearnAsync(settings, Options("run")))).Message,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_folder.In("run"))); // nothing stays of a run that never began
    }

    private Task<SupervisedResult> Short() =>
        SupervisedTrainer.LearnAsync(
            SupervisedSources.Load("copy", null, ["updates=20", "copy.length=2", "network.core_size=4"]),
            Options("short")
        );

    private SupervisedOptions Options(string name) => new() { OutputFolder = _folder.In(name) };

    private static (double[], double[]) Metrics(SupervisedResult result, string tag) =>
        MetricsTable.Read(Path.Combine(result.RunFolder, "metrics.csv")).Column(tag);

    private static bool Same((double[] Steps, double[] Values) a, (double[] Steps, double[] Values) b) =>
        a.Steps.SequenceEqual(b.Steps) && a.Values.SequenceEqual(b.Values);

    private sealed class Stopper(CancellationTokenSource stop, long at) : IProgress<SupervisedProgress>
    {
        public void Report(SupervisedProgress value)
        {
            if (value.Updates == at)
            {
                stop.Cancel();
            }
        }
    }
}
