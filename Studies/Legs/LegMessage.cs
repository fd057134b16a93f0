using Studies.Trials;

namespace Studies.Legs;

/// <summary>What a process that trains a leg says, a line each.</summary>
internal sealed record LegMessage
{
    /// <summary>Exit code where the study's folder cannot be written.</summary>
    public const int DiskFailed = 74;

    /// <summary>Environment steps of the trial.</summary>
    public long? Steps { get; init; }

    /// <summary>What came of the leg, the last line.</summary>
    public LegResult? Result { get; init; }
}
