namespace Environments;

/// <summary>Registers an <see cref="IEnvironment"/> under an id when its assembly is loaded; see <see cref="EnvironmentRegistry.RegisterAssembly"/>.</summary>
/// <param name="id">Name, <c>Namespace/Name-vN</c>.</param>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class EnvironmentAttribute(string id) : Attribute
{
    /// <summary>Name, <c>Namespace/Name-vN</c>.</summary>
    public string Id { get; } = id;

    /// <summary>Steps after which an episode is truncated; 0 for no limit.</summary>
    public int MaxEpisodeSteps { get; init; }

    /// <summary>Mean return from which the task counts as solved; NaN where there is no such mark.</summary>
    public double RewardThreshold { get; init; } = double.NaN;

    /// <summary>Mean return of uniformly random actions; NaN where it was not measured.</summary>
    public double RandomReturn { get; init; } = double.NaN;

    /// <summary>One sentence about the task.</summary>
    public string Description { get; init; } = "";

    /// <summary>What each action of a discrete space does, such as <c>left</c>; empty where the numbers have no names.</summary>
    public string[] ActionNames { get; init; } = [];
}
