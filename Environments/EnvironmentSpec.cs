using Environments.Spaces;
using Environments.Tabular;

namespace Environments;

/// <summary>What there is to know about an environment without stepping it.</summary>
/// <param name="Id">Name, <c>Namespace/Name-vN</c>, and the options that were given, <c>?key=value&amp;key=value</c>; the namespace may be missing.</param>
/// <param name="ObservationSpace">What observations look like.</param>
/// <param name="ActionSpace">What actions are accepted.</param>
public sealed record EnvironmentSpec(string Id, Space ObservationSpace, Space ActionSpace)
{
    /// <summary>Steps after which an episode is truncated; null where episodes are not limited.</summary>
    public int? MaxEpisodeSteps { get; init; }

    /// <summary>Mean return from which the task counts as solved; null where there is no such mark.</summary>
    public double? RewardThreshold { get; init; }

    /// <summary>Mean return of uniformly random actions; null where it was not measured.</summary>
    public double? RandomReturn { get; init; }

    /// <summary>What can be set behind the id; empty for most.</summary>
    public IReadOnlyList<EnvironmentOption> Options { get; init; } = [];

    /// <summary>Whether another process steps it, so that this one can do something else meanwhile.</summary>
    public bool StepsElsewhere { get; init; }

    /// <summary>One sentence about the task.</summary>
    public string Description { get; init; } = "";

    /// <summary>The exact dynamics where they are a finite table (<see cref="ITabularEnvironment"/>); null elsewhere.</summary>
    public ITabularModel? Model { get; init; }

    /// <summary>What each action of a discrete space does, such as <c>left</c>; empty where the numbers have no names.</summary>
    public IReadOnlyList<string> ActionNames { get; init; } = [];
}
