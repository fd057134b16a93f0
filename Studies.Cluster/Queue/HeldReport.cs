namespace Studies.Cluster.Queue;

/// <summary>What a worker says of a leg that it holds. Immutable.</summary>
/// <param name="Key">The leg.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Steps">Environment steps of the trial.</param>
/// <param name="Checkpoint">Steps of the newest checkpoint in its folder; 0 for none.</param>
/// <param name="Text">The result as a line of JSON, or why it failed; null before.</param>
[GenerateSerializer, Immutable]
internal sealed record HeldReport(LegKey Key, HeldPhase Phase, long Steps, long Checkpoint, string? Text);
