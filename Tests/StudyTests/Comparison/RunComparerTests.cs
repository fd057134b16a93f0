using Agents.Yaml;
using Studies.Comparison;
using Xunit;

namespace Tests.StudyTests.Comparison;

public sealed class RunComparerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SampleRuns _runs;

    public RunComparerTests() => _runs = new SampleRuns(_folder);

    public void Dispose() => _folder.Dispose();

    private ComparisonReport Compare(Func<ComparisonOptions, ComparisonOptions>? with = null)
    {
        var options = new ComparisonOptions { Paths = [_folder.In("runs")] };
        return RunComparer.Compare(with is null ? options : with(options));
    }

    private void WriteScores(string agent, string environment, params double[] scores)
    {
        foreach (double score in scores)
        {
            _runs.Write(agent, score, environment);
        }
    }

    [Fact]
    public void Compare_OneTask_IsNotNormalised()
    {
        WriteScores("a2c", "CartPole-v1", 100, 200, 300);
        WriteScores("ppo", "CartPole-v1", 400, 500, 500);

        ComparisonReport report = Compare();

        Assert.Null(report.References);
        Assert.Equal(["a2c", "ppo"], report.Algorithms.Select(algorithm => algorithm.Label));
        Assert.Equal([200, 1400 / 3.0], report.Algorithms.Select(algorithm => algorithm.Mean.Low));
        Assert.Equal([200, 500], report.Algorithms.Select(algorithm => algorithm.Median.Low));
        Assert.All(report.Algorithms, algorithm => Assert.Null(algorithm.OptimalityGap));
        PairFigure pair = Assert.Single(report.Pairs);
        Assert.Equal(("ppo", "a2c", 1.0), (pair.Label, pair.Baseline, pair.ProbabilityOfImprovement.Low));
        Assert.Equal(1400 / 3.0 - 200, pair.DifferenceOfMeans.Low, 9);
        Assert.True(pair.DifferenceOfMeans.HasInterval);
    }

    [Fact]
    public void Compare_OrderOfFoldersOrBaseline_ChoosesWhatOthersAreComparedWith()
    {
        WriteScores("a2c", "CartPole-v1", 100, 200, 300);
        WriteScores("ppo", "CartPole-v1", 400, 500, 500);
        WriteScores("vmpo", "CartPole-v1", 1, 2, 3);

        ComparisonReport ordered = Compare(options =>
            options with
            {
                Paths = [_folder.In("runs", "ppo") + Path.DirectorySeparatorChar, _folder.In("runs")],
            }
        );
        ComparisonReport named = Compare(options => options with { Baseline = "vmpo" });

        Assert.Equal(["ppo", "a2c", "vmpo"], ordered.Algorithms.Select(algorithm => algorithm.Label));
        Assert.Equal([("a2c", "ppo"), ("vmpo", "ppo")], ordered.Pairs.Select(pair => (pair.Label, pair.Baseline)));
        Assert.Equal([("a2c", "vmpo"), ("ppo", "vmpo")], named.Pairs.Select(pair => (pair.Label, pair.Baseline)));
        Assert.Contains(
            "Did you mean 'vmpo'?",
            Assert.Throws<SettingsException>(() => Compare(options => options with { Baseline = "vmp" })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Compare_SeveralTasks_NormalisesByWhatTheEnvironmentsTell()
    {
        WriteScores("ppo", "CartPole-v1", 22.3, 475, 475);
        WriteScores("ppo", "Acrobot-v1", -100, -100, -100);

        ComparisonReport report = Compare();

        AlgorithmFigure ppo = Assert.Single(report.Algorithms);
        Assert.Equal(["Acrobot-v1", "CartPole-v1"], report.Tasks);
        Assert.Equal([1, 1, 1, 0, 1, 1], ppo.Scores.All.ToArray().Select(score => Math.Round(score, 9)));
        Assert.Equal((1 + 2 / 3.0) / 2, ppo.Mean.Low, 9);
        Assert.Equal(1 / 6.0, ppo.OptimalityGap!.Value.Low, 9);
        Assert.Equal((22.3, 475), (report.References!["CartPole-v1"].Random, report.References["CartPole-v1"].Reference));
    }

    [Fact]
    public void Compare_TaskWithoutReferences_NamesItAndTheOption()
    {
        WriteScores("ppo", "CartPole-v1", 1);
        WriteScores("ppo", "Pendulum-v1", -200);

        string message = Assert.Throws<SettingsException>(() => Compare()).Message;
        File.WriteAllText(_folder.In("returns.yaml"), "Pendulum-v1: { random: -1200, reference: -150 }\n");
        ComparisonReport report = Compare(options => options with { ReferenceFile = _folder.In("returns.yaml") });

        Assert.Contains("on Pendulum-v1.", message, StringComparison.Ordinal);
        Assert.Contains("--reference FILE.yaml", message, StringComparison.Ordinal);
        Assert.Equal(1000 / 1050.0, report.Algorithms[0].Scores.Runs(1)[0], 12);
    }

    [Theory]
    [InlineData("CartPole-v1: { random: 0, referense: 1 }", "there is no setting 'referense'")]
    [InlineData("CartPole-v1: { random: 0 }", "reference: it is missing")]
    [InlineData("CartPole-v1: { random: 5, reference: 5 }", "it must be above random")]
    [InlineData("CartPole-v1: { random: 5, reference: many }", "must be a number")]
    [InlineData("CartPole-v1: 475", "must hold two keys")]
    [InlineData("CartPol-v1: { random: 0, reference: 1 }", "Did you mean 'CartPol-v1'?")]
    public void Compare_MistakesInReferences_AreNamed(string yaml, string expected)
    {
        _runs.Write("ppo", 1, "CartPole-v9");
        File.WriteAllText(_folder.In("returns.yaml"), yaml);

        string message = Assert
            .Throws<SettingsException>(() => Compare(options => options with { ReferenceFile = _folder.In("returns.yaml") }))
            .Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_UnfinishedUnscoredAndCopiedRuns_AreLeftOut()
    {
        string first = _runs.Write("ppo", 10, hash: "a");
        string copy = _runs.Write("ppo", 10, hash: "a");
        string unscored = _runs.Write("ppo", null);
        string unfinished = _runs.Begin("ppo");
        _runs.Write("ppo", 30);

        ComparisonReport report = Compare();

        Assert.Equal([10, 30], report.Algorithms[0].Scores.All.ToArray());
        Assert.Equal([copy, unscored, unfinished], report.LeftOut.Select(run => run.Folder));
        Assert.Contains("copies", report.LeftOut[0].Reason, StringComparison.Ordinal);
        Assert.Contains("evaluation.final_episodes", report.LeftOut[1].Reason, StringComparison.Ordinal);
        Assert.Contains("not finished", report.LeftOut[2].Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(first, report.LeftOut.Select(run => run.Folder));
        Assert.Contains(report.Notes, note => note.Contains("fewer than 3 runs", StringComparison.Ordinal));
    }

    [Fact]
    public void Compare_GroupWithoutFinishedRuns_SaysWhatToDo()
    {
        WriteScores("ppo", "CartPole-v1", 1);
        _runs.Begin("a2c");

        string message = Assert.Throws<InvalidDataException>(() => Compare()).Message;

        Assert.Contains("a2c on CartPole-v1", message, StringComparison.Ordinal);
        Assert.Contains("agents train --resume", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_AlgorithmsOfOtherTasks_SaysWhatIsMissingWhere()
    {
        WriteScores("ppo", "CartPole-v1", 1);
        WriteScores("ppo", "Acrobot-v1", -100);
        WriteScores("a2c", "CartPole-v1", 1);

        string message = Assert.Throws<SettingsException>(() => Compare()).Message;

        Assert.Contains("a2c has no runs on Acrobot-v1", message, StringComparison.Ordinal);
        Assert.DoesNotContain("--by agent", message, StringComparison.Ordinal); // which would not help
    }

    [Fact]
    public void Compare_SettingsOfEachEnvironment_AreOneAlgorithmByAgent()
    {
        _runs.Write("ppo", 475, settings: "rate: 1");
        _runs.Write("ppo", 475, settings: "rate: 2");
        _runs.Write("ppo", -100, "Acrobot-v1", settings: "rate: 3");

        string message = Assert.Throws<SettingsException>(() => Compare()).Message;

        Assert.Contains("--by agent", message, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(Compare(options => options with { ByAgent = true }).Algorithms).Mean.Low, 9);
    }

    [Fact]
    public void Compare_SettingsThatDiffer_AreAlgorithmsUnlessGroupedByAgent()
    {
        _runs.Write("ppo", 1, settings: "rate: 1");
        _runs.Write("ppo", 2, settings: "rate: 2");
        _runs.Write("ppo", 3, settings: "rate: 2");

        ComparisonReport apart = Compare();
        ComparisonReport together = Compare(options => options with { ByAgent = true });

        Assert.Equal(["ppo, rate 1", "ppo, rate 2"], apart.Algorithms.Select(algorithm => algorithm.Label));
        AlgorithmFigure ppo = Assert.Single(together.Algorithms);
        Assert.Equal(("ppo", 2.0), (ppo.Label, ppo.Mean.Low));
        Assert.Contains(together.Notes, note => note.Contains("2 different settings", StringComparison.Ordinal));
    }

    [Fact]
    public void Compare_LabelsThatAreTheSame_AreRefused()
    {
        _runs.Write("ppo", 1, settings: "a: 1\nb: 1\nc: 1\nd: 1");
        _runs.Write("ppo", 1, settings: "a: 1\nb: 1\nc: 1\nd: 2");
        _runs.Write("ppo", 1, settings: "a: 2\nb: 2\nc: 2\nd: 1");

        Assert.Contains(
            "differ in too many settings",
            Assert.Throws<InvalidDataException>(() => Compare()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Compare_TrainingScore_IsTheMeanOfTheLastHundredEpisodes()
    {
        _runs.Write("ppo", 7, episodes: [.. Enumerable.Repeat(1000.0, 20), .. Enumerable.Repeat(3.0, 100)]);
        _runs.Write("ppo", 7);

        ComparisonReport report = Compare(options => options with { Score = ScoreKind.Training });

        Assert.Equal([3], report.Algorithms[0].Scores.All.ToArray());
        Assert.Contains("record_episodes", Assert.Single(report.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_ThresholdInEpisodes_IsReachedWhenAHundredAverageIt()
    {
        // 0 and then 20: after 100 + k episodes the last hundred average k / 5.
        double[] rising = [.. Enumerable.Repeat(0.0, 100), .. Enumerable.Repeat(20.0, 100)];
        _runs.Write("ppo", 1, episodes: rising);
        _runs.Write("ppo", 1, episodes: [.. Enumerable.Repeat(20.0, 100)]);
        _runs.Write("ppo", 1, episodes: [.. Enumerable.Repeat(0.0, 200)]);

        ComparisonReport report = Compare(options => options with { Threshold = 10 });

        Assert.Equal(LearningCurve.TrainingEpisodes, report.Curve);
        ThresholdFigure figure = Assert.Single(report.Algorithms[0].Thresholds);
        Assert.Equal((2, 3), (figure.Reached, figure.Runs));
        Assert.Equal((1500, 1500), (figure.Frames.Low, figure.Frames.High)); // of 1000, 1500 and more than 10,000
        Assert.Equal(50 * 0.15, figure.CpuSeconds.Low, 12);
    }

    [Fact]
    public void Compare_ThresholdWithoutEpisodes_IsReadFromEvaluations()
    {
        _runs.Write("ppo", 1, evaluations: [5, 12, 3, 12], episodes: [.. Enumerable.Repeat(20.0, 100)]);
        _runs.Write("ppo", 1, evaluations: [5, 6]);
        _runs.Write("ppo", 1, evaluations: [5, 6]);

        ComparisonReport report = Compare(options => options with { Threshold = 10 });

        Assert.Equal(LearningCurve.Evaluations, report.Curve);
        Assert.Contains(report.Notes, note => note.Contains("eval/mean_return", StringComparison.Ordinal));
        ThresholdFigure figure = Assert.Single(report.Algorithms[0].Thresholds);
        Assert.Equal((1, 3), (figure.Reached, figure.Runs));
        Assert.Equal((10_000, double.PositiveInfinity), (figure.Frames.Low, figure.Frames.High)); // the run in the middle never got there
        Assert.Equal(50, figure.CpuSeconds.Low);
    }

    [Fact]
    public void Compare_Threshold_IsTheEnvironmentsWhereItHasOne()
    {
        WriteScores("ppo", "CartPole-v1", 1);

        Assert.Equal(475, Assert.Single(Compare().Algorithms[0].Thresholds).Threshold);
    }

    [Fact]
    public void Compare_EnvironmentWithoutThreshold_LeavesFramesOutAndSaysSo()
    {
        WriteScores("ppo", "Pendulum-v1", -200);

        ComparisonReport report = Compare();

        Assert.Empty(report.Algorithms[0].Thresholds);
        Assert.Contains(report.Notes, note => note.Contains("Give one with --threshold", StringComparison.Ordinal));
    }

    [Fact]
    public void Save_Profiles_ArePictures()
    {
        WriteScores("a2c", "CartPole-v1", 100, 200, 300);
        WriteScores("ppo", "CartPole-v1", 400, 500, 500);

        ProfilePlot.Save(_folder.In("pictures", "profiles.png"), Compare());
        ProfilePlot.Save(_folder.In("profiles.svg"), Compare());

        PngFile.AssertIsPlot(
            _folder.In("pictures", "profiles.png"),
            Studies.Plotting.CurvePlot.Width,
            Studies.Plotting.CurvePlot.Height
        );
        Assert.Contains("<svg", File.ReadAllText(_folder.In("profiles.svg")), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ProfilePlot.Save(_folder.In("profiles.gif"), Compare()));
    }
}
