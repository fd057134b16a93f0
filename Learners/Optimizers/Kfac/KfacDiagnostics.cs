using System.Diagnostics;
using Learners.Metrics;

namespace Learners.Optimizers.Kfac;

/// <summary>Figures of one update for the run's metrics.</summary>
internal sealed class KfacDiagnostics
{
    private readonly KfacLayer[] _layers;
    private readonly string[] _smallest;
    private readonly string[] _largest;
    private double _predictedKl;
    private double _scale;
    private double _criticScale;
    private long _statisticsTicks;
    private long _decompositionTicks;
    private long _solveTicks;
    private long _failures;
    private long _renewals;
    private long _reportedRenewals;

    /// <summary>Figures of layers.</summary>
    public KfacDiagnostics(KfacLayer[] layers)
    {
        _layers = layers;
        _smallest = [.. layers.Select(layer => "kfac/smallest_eigenvalue/" + layer.Name)];
        _largest = [.. layers.Select(layer => "kfac/largest_eigenvalue/" + layer.Name)];
        Tags =
        [
            "kfac/predicted_kl",
            "kfac/measured_policy_kl",
            "kfac/measured_value_kl",
            "kfac/trust_region_scale",
            "kfac/critic_trust_region_scale",
            "kfac/statistics_ms",
            "kfac/decomposition_ms",
            "kfac/solve_ms",
            "kfac/dropped_statistics",
            "kfac/failed_decompositions",
            "kfac/skipped_updates",
            .. _smallest,
            .. _largest,
        ];
    }

    /// <summary>Names of all metrics.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Batches that were left out of the factors since they were not finite.</summary>
    public long DroppedStatistics { get; set; }

    /// <summary>Updates that were left out since their direction was not finite.</summary>
    public long SkippedUpdates { get; set; }

    /// <summary>Effective share of the policy's proposed step, ν of the latest update; not a number where there was no natural step.</summary>
    public double Scale => _scale;

    /// <summary>That of the critic: the same one within a joint trust region.</summary>
    public double CriticScale => _criticScale;

    /// <summary>½ η² ν² q of the latest update, over all trust regions: the quadratic model's KL divergence, before momentum.</summary>
    public double PredictedKl => _predictedKl;

    /// <summary>Starts an update.</summary>
    public void Begin(long samplerTicks)
    {
        (_statisticsTicks, _decompositionTicks, _solveTicks) = (samplerTicks, 0, 0);
        (_predictedKl, _scale, _criticScale) = (double.NaN, double.NaN, double.NaN);
    }

    /// <summary>Adds time of the factors' averages.</summary>
    public void AddStatistics(long ticks) => _statisticsTicks += ticks;

    /// <summary>Time of eigendecompositions on the learner's thread, and how many failed so far.</summary>
    public void SetDecomposition(long ticks, long failures) => (_decompositionTicks, _failures) = (ticks, failures);

    /// <summary>Time of solves and of the step.</summary>
    public void SetSolve(long ticks) => _solveTicks = ticks;

    /// <summary>The step that was taken within a trust region: the policy's first.</summary>
    public void AddStep(double learningRate, double scale, double squaredNorm, long renewals)
    {
        bool isFirst = double.IsNaN(_predictedKl);
        _predictedKl = (isFirst ? 0 : _predictedKl) + 0.5 * learningRate * learningRate * scale * scale * squaredNorm;
        (_scale, _criticScale) = (isFirst ? scale : _scale, scale);
        _renewals = renewals;
    }

    /// <summary>Adds the latest update's figures; eigenvalues where they are new.</summary>
    public void Report(MetricAverages metrics)
    {
        metrics.Add("kfac/predicted_kl", _predictedKl);
        metrics.Add("kfac/trust_region_scale", _scale);
        metrics.Add("kfac/critic_trust_region_scale", _criticScale);
        metrics.Add("kfac/statistics_ms", Milliseconds(_statisticsTicks));
        metrics.Add("kfac/decomposition_ms", Milliseconds(_decompositionTicks));
        metrics.Add("kfac/solve_ms", Milliseconds(_solveTicks));
        metrics.Add("kfac/dropped_statistics", DroppedStatistics);
        metrics.Add("kfac/failed_decompositions", _failures);
        metrics.Add("kfac/skipped_updates", SkippedUpdates);
        if (_renewals == _reportedRenewals)
        {
            return;
        }
        _reportedRenewals = _renewals;
        for (int i = 0; i < _layers.Length; i++)
        {
            metrics.Add(_smallest[i], _layers[i].Block.SmallestEigenvalue);
            metrics.Add(_largest[i], _layers[i].Block.LargestEigenvalue);
        }
    }

    private static double Milliseconds(long ticks) => ticks * 1e3 / Stopwatch.Frequency;
}
