using System.Globalization;
using System.Runtime.InteropServices;
using Learners.Evaluation;
using Learners.Metrics;

namespace Learners.Training;

/// <summary>Averages a run's metrics between rows and writes them as CSV and TensorBoard events. Owns the files.</summary>
internal sealed class RunLog : IDisposable
{
    private static readonly string[] Tags =
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

    private readonly IMetricsWriter _writer;
    private readonly List<Metric> _row = [];
    private readonly long _evaluated;

    /// <summary>Opens the files of a run.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="clock">Clock of the events.</param>
    /// <param name="averages">Means that a resumed run continues; owned from here on.</param>
    /// <param name="moreTags">Metrics of this run besides those that every run has.</param>
    /// <param name="resumeAfterSteps">Step of the checkpoint that the run continues from; rows beyond it are dropped.</param>
    public RunLog(
        RunFolder folder,
        TimeProvider clock,
        MetricAverages averages,
        IReadOnlyList<string> moreTags,
        long? resumeAfterSteps
    )
    {
        Averages = averages;
        _evaluated = resumeAfterSteps is { } steps && HasEvaluationRow(folder.Metrics, steps) ? steps : -1;
        _writer = new CompositeMetricsWriter(
            new CsvMetricsWriter(folder.Metrics, [.. Tags, .. moreTags], resumeAfterSteps),
            new TensorBoardWriter(folder.Path, clock, resumeAfterSteps)
        );
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
        _row.Add(new Metric("charts/SPS", stepsPerSecond));
        _row.Add(new Metric("system/live_tensors", liveTensors));
        _writer.Write(steps, CollectionsMarshal.AsSpan(_row));
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
    public void Flush() => _writer.Flush();

    private static bool HasEvaluationRow(string path, long steps)
    {
        if (!File.Exists(path))
        {
            return false;
        }
        int column = 1 + Array.IndexOf(Tags, "eval/mean_return");
        return File.ReadLines(path)
            .Select(line => line.Split(','))
            .Any(cells =>
                cells.Length > column && cells[0] == steps.ToString(CultureInfo.InvariantCulture) && cells[column].Length > 0
            );
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
