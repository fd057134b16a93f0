using Studies.Trials;

namespace Studies.Execution;

/// <summary>A line of a study's journal: one of its members is there.</summary>
internal sealed record StudyEvent
{
    /// <summary>Format of the journal, in its first line.</summary>
    public int? Format { get; init; }

    /// <summary>A leg that begins.</summary>
    public Leg? Begin { get; init; }

    /// <summary>Number of a leg that ended.</summary>
    public int? End { get; init; }

    /// <summary>What came of it.</summary>
    public LegResult? Result { get; init; }

    /// <summary>Number of a leg whose process or machine was lost, and that is begun again.</summary>
    public int? Lost { get; init; }
}
