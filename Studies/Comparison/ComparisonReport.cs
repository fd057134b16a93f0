namespace Studies.Comparison;

/// <summary>A comparison of algorithms.</summary>
internal sealed record ComparisonReport
{
    /// <summary>What is compared, and how.</summary>
    public required ComparisonOptions Options { get; init; }

    /// <summary>Tasks.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>Returns that count as 0 and 1 on each task; null where scores are not normalised.</summary>
    public IReadOnlyDictionary<string, ReferenceScore>? References { get; init; }

    /// <summary>Algorithms, in the order of the folders that were named.</summary>
    public required IReadOnlyList<AlgorithmFigure> Algorithms { get; init; }

    /// <summary>Every other algorithm against the baseline.</summary>
    public required IReadOnlyList<PairFigure> Pairs { get; init; }

    /// <summary>Where it was looked up when thresholds were reached.</summary>
    public required LearningCurve Curve { get; init; }

    /// <summary>Runs that take no part.</summary>
    public required IReadOnlyList<LeftOutRun> LeftOut { get; init; }

    /// <summary>What a reader should know, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What the scores are, in words.</summary>
    public string Quantity => (References is null ? "" : "normalised ") + Options.Score.InWords();

    /// <summary>The title of its picture.</summary>
    public string Title => Tasks.Count == 1 ? Tasks[0] : $"{Tasks.Count} tasks";
}
