namespace Protos;

/// <summary>Where an unroll comes from.</summary>
/// <param name="ActorId">The actor that recorded it.</param>
/// <param name="Incarnation">Tells one start of that actor, or of its environments, from the others; drawn at random.</param>
/// <param name="SequenceNumber">Unrolls of this incarnation before this one.</param>
/// <param name="ParameterVersion">Updates that led to the parameters it was recorded with.</param>
/// <param name="EnvironmentId">The environment.</param>
public sealed record UnrollHeader(
    string ActorId,
    long Incarnation,
    long SequenceNumber,
    long ParameterVersion,
    string EnvironmentId
)
{
    /// <summary>Whether observations are as the layers that define the task give them, before they were scaled and normalised.</summary>
    /// <value>Default true; false for unrolls of releases that kept what the network read.</value>
    public bool HasRawObservations { get; init; } = true;

    /// <summary>Which agent of several in one environment recorded it.</summary>
    /// <value>Default 0: in every run so far there is one.</value>
    public int AgentIndex { get; init; }
}
