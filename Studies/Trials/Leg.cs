namespace Studies.Trials;

/// <summary>A stretch of training that a study does in one go: the whole of a run, a rung of one, or what a member does between two events. Immutable.</summary>
internal sealed record Leg
{
    /// <summary>Its place in the study, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Which agent trains, from 0: a candidate with a seed, or a member of a population.</summary>
    public required int Trial { get; init; }

    /// <summary>Which values are tried, from 0; of a population the member.</summary>
    public required int Candidate { get; init; }

    /// <summary>Seed of the trial.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Values of the settings that the study varies.</summary>
    public required SearchPoint Values { get; init; }

    /// <summary>Environment steps of the trial at which it ends.</summary>
    public required long ToSteps { get; init; }

    /// <summary>The leg of the same trial that it goes on from; null for the first.</summary>
    public int? Continues { get; init; }

    /// <summary>The leg of another trial whose parameters, optimiser and statistics it takes over; null for none.</summary>
    public int? CopyOf { get; init; }
}
