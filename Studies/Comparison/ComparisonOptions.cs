using Environments;

namespace Studies.Comparison;

/// <summary>What is compared, and how.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>Run folders, or folders above them.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>What counts as the score of a run.</summary>
    public ScoreKind Score { get; init; }

    /// <summary>Whether runs of one agent are one algorithm whatever their settings; else settings that differ make algorithms of their own.</summary>
    public bool ByAgent { get; init; }

    /// <summary>Label of the algorithm that the others are compared with; null for the first.</summary>
    public string? Baseline { get; init; }

    /// <summary>Return to reach, not normalised, on every task; null for the threshold of each environment.</summary>
    public double? Threshold { get; init; }

    /// <summary>YAML file of the returns that count as 0 and 1; null for what the environments tell.</summary>
    public string? ReferenceFile { get; init; }

    /// <summary>Knows the environments.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;

    /// <summary>Seed of the resampling.</summary>
    public ulong Seed { get; init; } = 20260101;
}
