using Learners.Metrics;

namespace Learners.Optimizers;

/// <summary>What an optimiser gathers of a network's curvature while gradients are computed. The engine of gradients knows which kinds there are.</summary>
internal interface ICurvature
{
    /// <summary>Names of the metrics that it tells.</summary>
    IReadOnlyList<string> Tags { get; }

    /// <summary>Tells of the latest step.</summary>
    void Report(MetricAverages metrics);
}
