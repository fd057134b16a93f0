using System.Runtime.InteropServices;
using Learners.Metrics;
using Learners.Runs;

namespace Learners.Supervised;

/// <summary>Averages a run's metrics between rows and writes them as CSV and TensorBoard events, by updates. Owns the files.</summary>
internal sealed class SupervisedLog : IDisposable
{
    private const string Speed = "charts/updates_per_second";
    private const string LagPrefix = "eval/lag_gradient_";

    private static readonly string[] EvaluationTags = ["eval/loss", "eval/accuracy", "eval/bits_per_symbol"];

    private readonly CompositeMetricsWriter _writer;
    private readonly List<Metric> _row = [];

    /// <summary>Opens the files of a run.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="clock">Clock of the events.</param>
    /// <param name="learnerTags">Metrics of the learner.</param>
    /// <param name="stateParts">Parts of the core state, for gradients at a lag; empty where they are not measured.</param>
    /// <param name="resumeAfter">Update of the checkpoint that the run continues from; rows beyond it are dropped.</param>
    public SupervisedLog(
        RunFolder folder,
        TimeProvider clock,
        IReadOnlyList<string> learnerTags,
        IEnumerable<string> stateParts,
        long? resumeAfter
    )
    {
        LearnerTags = learnerTags;
        string[] tags = [.. learnerTags, Speed, .. EvaluationTags, .. stateParts.Select(part => LagPrefix + part)];
        _writer = new CompositeMetricsWriter(
            new CsvMetricsWriter(folder.Metrics, tags, resumeAfter, CsvMetricsWriter.UpdatesColumn),
            new TensorBoardWriter(folder.Path, clock, resumeAfter)
        );
    }

    /// <summary>Metrics of the learner.</summary>
    public IReadOnlyList<string> LearnerTags { get; }

    /// <summary>Receives metrics between rows.</summary>
    public MetricAverages Averages { get; } = new();

    /// <summary>Writes the means since the last row.</summary>
    public void Write(long updates, double updatesPerSecond)
    {
        _row.Clear();
        Averages.Drain(_row);
        _row.Add(new Metric(Speed, updatesPerSecond));
        _writer.Write(updates, CollectionsMarshal.AsSpan(_row));
    }

    /// <summary>Writes how good the network is.</summary>
    public void WriteScore(long updates, SupervisedScore score)
    {
        _row.Clear();
        _row.Add(new Metric(EvaluationTags[0], score.Loss));
        if (score.Accuracy is { } accuracy)
        {
            _row.Add(new Metric(EvaluationTags[1], accuracy));
        }
        if (score.BitsPerSymbol is { } bits)
        {
            _row.Add(new Metric(EvaluationTags[2], bits));
        }
        foreach (PartGradient gradient in score.LagGradients)
        {
            _row.Add(new Metric(LagPrefix + gradient.Part, gradient.Norm));
        }
        _writer.Write(updates, CollectionsMarshal.AsSpan(_row));
    }

    /// <summary>Puts everything on the disk.</summary>
    public void Flush() => _writer.Flush();

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
