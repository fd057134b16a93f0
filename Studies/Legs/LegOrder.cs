namespace Studies.Legs;

/// <summary>
/// A leg as whoever trains it is told: whole without the study, so that a thread, another process or another machine can do it. Folders are relative to the
/// study's. Immutable.
/// </summary>
internal sealed record LegOrder
{
    /// <summary>Number of the leg.</summary>
    public required int Number { get; init; }

    /// <summary>Whether it is a run with its own logs that goes on in one folder; otherwise a member's stretch, which ends in a folder of its own.</summary>
    public required bool IsRun { get; init; }

    /// <summary>Where it trains, or is saved to at its end.</summary>
    public required string Folder { get; init; }

    /// <summary>Where a member's stretch begins; null at its first step.</summary>
    public string? Begin { get; init; }

    /// <summary>What a member's stretch takes over first; null for nothing.</summary>
    public string? CopyOf { get; init; }

    /// <summary>Resolved settings as <c>config.yaml</c> holds them.</summary>
    public required string Config { get; init; }

    /// <summary>Settings that a member changes, after it has taken over, as <c>--set</c> takes them.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Environment steps at which it ends.</summary>
    public required long ToSteps { get; init; }

    /// <summary>What it is scored by.</summary>
    public required StudyScore Score { get; init; }

    /// <summary>Episodes of its evaluation.</summary>
    public required int Episodes { get; init; }

    /// <summary>Folders that it reads.</summary>
    public IEnumerable<string> Reads => ((string?[])[IsRun ? Folder : null, Begin, CopyOf]).OfType<string>().Distinct();
}
