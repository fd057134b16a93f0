using System.Globalization;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class EpisodeRecordTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TrainingSettings Small =>
        TunedSettings.For("CartPole-v1", "a2c") with
        {
            TotalSteps = 4_000,
            RecordEpisodes = true,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

    private Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In(name) });

    [Fact]
    public async Task TrainAsync_RecordEpisodes_WritesEveryEpisodeOnce()
    {
        await Train(Small, "run");

        string[] lines = File.ReadAllLines(_folder.In("run", "episodes.csv"));
        Assert.Equal("env_steps,return,length", lines[0]);
        double[][] rows =
        [
            .. lines
                .Skip(1)
                .Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()),
        ];
        Assert.All(rows, row => Assert.Equal(row[1], row[2])); // CartPole pays 1 per step
        Assert.All(rows, row => Assert.Equal(0, row[0] % 80)); // whole unrolls of 16 × 5
        Assert.Equal(rows.Select(row => row[0]).Order(), rows.Select(row => row[0]));
        // All steps but those of the episodes that were still going on.
        double played = rows.Sum(row => row[2]);
        Assert.InRange(played, 4_000 - 16 * 500, 4_000);
        Assert.True(played > 2_000);
        // Rows of metrics.csv are the means between them.
        (double[] steps, double[] means) = MetricsTable.Read(_folder.In("run", "metrics.csv")).Column("charts/episodic_return");
        Assert.Equal(rows.Where(row => row[0] <= steps[0]).Average(row => row[1]), means[0], 9);
    }

    [Fact]
    public async Task TrainAsync_ByDefault_WritesNoEpisodesAndTheSameParameters()
    {
        TrainingResult with = await Train(Small, "with");
        TrainingResult without = await Train(Small with { RecordEpisodes = false }, "without");

        Assert.False(File.Exists(_folder.In("without", "episodes.csv")));
        Assert.Equal(with.ParameterHash, without.ParameterHash);
    }
}
