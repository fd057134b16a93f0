namespace Page.Runs;

/// <summary>One line of the table: what the folder of a run said when it was last read. Immutable.</summary>
internal sealed record Run
{
    /// <summary>What the page calls it by: 16 hexadecimal digits, which tell nothing of where it lies.</summary>
    public required string Id { get; init; }

    /// <summary>Its folder, in full.</summary>
    public required string Folder { get; init; }

    /// <summary>Its folder from the folder of all runs on, with slashes.</summary>
    public required string Name { get; init; }

    /// <summary>What wrote it.</summary>
    public RunKind Kind { get; init; }

    /// <summary>What it does.</summary>
    public RunState State { get; init; }

    /// <summary>Why it is damaged, or what else a reader should know of its state; null where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Settings that all seeds of its experiment share; null where they cannot be read.</summary>
    public Experiment? Experiment { get; init; }

    /// <summary>Its seed as written in its settings; empty where it has none.</summary>
    public string Seed { get; init; } = "";

    /// <summary>Environment steps done, or updates of a supervised run.</summary>
    public long Steps { get; init; }

    /// <summary>Steps that it is to do; 0 where its settings do not say.</summary>
    public long TotalSteps { get; init; }

    /// <summary>Newest mean return of training episodes; not a number where there is none.</summary>
    public double Return { get; init; } = double.NaN;

    /// <summary>Mean return of the evaluation after training; not a number before it.</summary>
    public double Evaluation { get; init; } = double.NaN;

    /// <summary>Newest environment steps per second; not a number where there is none.</summary>
    public double Speed { get; init; } = double.NaN;

    /// <summary>When one of its files was last written.</summary>
    public DateTime Changed { get; init; }

    /// <summary>Process that holds the folder; 0 where it is not known.</summary>
    public int Process { get; init; }
}
