using System.Globalization;
using System.Runtime.InteropServices;
using Learners.Evaluation;
using Learners.Metrics;
using Protos;

namespace Learners.Runs;

/// <summary>Averages a run's metrics between rows and writes them as CSV and TensorBoard events. Owns the files.</summary>
internal sealed class RunLog : IDisposable
{
    /// <summary>Column of <c>episodes.csv</c>: undiscounted return.</summary>
    public const string EpisodeReturn = "return";

    /// <summary>Column of <c>episodes.csv</c>: length in steps.</summary>
    public const string EpisodeLength = "length";

    /// <summary>Metrics that every run has.</summary>
    public static readonly IReadOnlyList<string> Tags =
    [
        "charts/episodic_return",
        "charts/episodic_length",
        "charts/learning_rate",
        "charts/SPS",
        "losses/policy_loss",
        "losses/value_loss",
        "losses/entropy",
        "losses/approx_kl",
        "losses/old_approx_kl",
        "losses/clipfrac",
        "losses/explained_variance",
        "losses/gradient_norm",
        "eval/mean_return",
        "eval/std_return",
        "eval/mean_length",
        "system/live_tensors",
    ];

    private readonly CompositeMetricsWriter _writer;
    private readonly CsvMetricsWriter? _table; // null where nothing is written
    private readonly CsvMetricsWriter? _episodes;
    private readonly List<Metric> _row = [];
    private readonly long _evaluated;

    /// <summary>Opens the files of a run.</summary>
    /// <param name="folder">The run; null where nothing is written.</param>
    /// <param name="clock">Clock of the events.</param>
    /// <param name="averages">Means that a resumed run continues; owned from here on.</param>
    /// <param name="moreTags">Metrics of this run, also those that every run has.</param>
    /// <param name="resumeAfterSteps">Step of the checkpoint that the run continues from; rows beyond it are dropped.</param>
    /// <param name="recordEpisodes">Whether every episode is written down.</param>
    public RunLog(
        RunFolder? folder,
        TimeProvider clock,
        MetricAverages averages,
        IReadOnlyList<string> moreTags,
        long? resumeAfterSteps,
        bool recordEpisodes
    )
    {
        Averages = averages;
        if (folder is null)
        {
            _evaluated = -1;
            _writer = new CompositeMetricsWriter();
            return;
        }
        _evaluated = resumeAfterSteps is { } steps && HasEvaluationRow(folder.Metrics, steps) ? steps : -1;
        _table = new CsvMetricsWriter(folder.Metrics, [.. Tags.Union(moreTags)], resumeAfterSteps);
        _writer = new CompositeMetricsWriter(_table, new TensorBoardWriter(folder.Path, clock, resumeAfterSteps));
        _episodes = recordEpisodes
            ? new CsvMetricsWriter(folder.Episodes, [EpisodeReturn, EpisodeLength], resumeAfterSteps)
            : null;
    }

    /// <summary>Receives metrics between rows.</summary>
    public MetricAverages Averages { get; }

    /// <summary>Whether the scores of an evaluation at this step were written before the run was resumed.</summary>
    public bool HasEvaluation(long steps) => steps == _evaluated;

    /// <summary>Writes the means since the last row.</summary>
    public void Write(long steps, double stepsPerSecond, long liveTensors)
    {
        _row.Clear();
        Averages.Drain(_row);
        MakeColumns();
        _row.Add(new Metric("charts/SPS", stepsPerSecond));
        _row.Add(new Metric("system/live_tensors", liveTensors));
        _writer.Write(steps, CollectionsMarshal.AsSpan(_row));
    }

    /// <summary>Writes what was reported since the last row, if anything was.</summary>
    public void WriteRest(long steps)
    {
        if (Averages.HasOwn)
        {
            _row.Clear();
            Averages.Drain(_row);
            MakeColumns();
            _writer.Write(steps, CollectionsMarshal.AsSpan(_row));
        }
    }

    /// <summary>Writes down the episodes that ended in an unroll, where they are recorded.</summary>
    /// <param name="steps">Environment steps at the end of that unroll; the moment inside it is not known.</param>
    /// <param name="episodes">In the order in which they ended.</param>
    public void WriteEpisodes(long steps, IReadOnlyList<CompletedEpisode> episodes)
    {
        foreach (CompletedEpisode episode in _episodes is null ? [] : episodes)
        {
            _episodes?.Write(steps, new Metric(EpisodeReturn, episode.Return), new Metric(EpisodeLength, episode.Length));
        }
    }

    /// <summary>Writes the scores of an evaluation.</summary>
    public void WriteEvaluation(long steps, EvaluationResult result) =>
        _writer.Write(
            steps,
            [
                new Metric("eval/mean_return", result.MeanReturn),
                new Metric("eval/std_return", result.StdReturn),
                new Metric("eval/mean_length", result.MeanLength),
            ]
        );

    /// <summary>Puts everything on the disk.</summary>
    public void Flush()
    {
        _writer.Flush();
        _episodes?.Flush();
    }

    // What a user measures has a name that nobody knew before.
    private void MakeColumns()
    {
        if (_table is null)
        {
            return;
        }
        string[] missing = [.. _row.Select(metric => metric.Tag).Where(tag => Averages.IsOwn(tag) && !_table.Has(tag))];
        if (missing.Length > 0)
        {
            _table.Widen(missing);
        }
    }

    private static bool HasEvaluationRow(string path, long steps)
    {
        if (!File.Exists(path))
        {
            return false;
        }
        int column = 1 + Tags.ToList().IndexOf("eval/mean_return");
        return File.ReadLines(path)
            .Select(line => line.Split(','))
            .Any(cells =>
                cells.Length > column && cells[0] == steps.ToString(CultureInfo.InvariantCulture) && cells[column].Length > 0
            );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _episodes?.Dispose();
    }
}
