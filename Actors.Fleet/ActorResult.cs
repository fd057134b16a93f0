namespace Actors.Fleet;

/// <summary>What an actor did until it ended.</summary>
public sealed record ActorResult
{
    /// <summary>Whether the learner said that the run is complete; otherwise the actor was stopped.</summary>
    public required bool RunCompleted { get; init; }

    /// <summary>Unrolls sent and acknowledged.</summary>
    public required long Unrolls { get; init; }

    /// <summary>Environment steps in them.</summary>
    public required long EnvironmentSteps { get; init; }

    /// <summary>How often the stream was opened anew.</summary>
    public required int Reconnects { get; init; }

    /// <summary>How often environments were made anew, because they hung or failed.</summary>
    public required int Restarts { get; init; }
}
