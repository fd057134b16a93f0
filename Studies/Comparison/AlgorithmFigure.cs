using Studies.Statistics;

namespace Studies.Comparison;

/// <summary>What the runs of one algorithm come to; see <see cref="ScoreStatistics"/> for each number.</summary>
internal sealed record AlgorithmFigure
{
    /// <summary>Agent, and the settings by which it differs from others.</summary>
    public required string Label { get; init; }

    /// <summary>Scores by task and run, normalised where the comparison is.</summary>
    public required ScoreMatrix Scores { get; init; }

    /// <summary>Mean.</summary>
    public required Estimate Mean { get; init; }

    /// <summary>Interquartile mean.</summary>
    public required Estimate InterquartileMean { get; init; }

    /// <summary>Median.</summary>
    public required Estimate Median { get; init; }

    /// <summary>Optimality gap; null where scores are not normalised, since there is no 1 to fall short of.</summary>
    public Estimate? OptimalityGap { get; init; }

    /// <summary>Tasks with a threshold, and how soon it was reached.</summary>
    public required IReadOnlyList<ThresholdFigure> Thresholds { get; init; }

    /// <summary>Share of runs above each score.</summary>
    public required PerformanceProfile Profile { get; init; }
}
