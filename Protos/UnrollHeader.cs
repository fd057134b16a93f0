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
);
