namespace Studies.Cluster.Queue;

/// <summary>What a worker is told. Immutable.</summary>
/// <param name="Drop">Legs that are not the worker's any more: it stops and deletes them.</param>
/// <param name="Stop">Legs that it should save and stop.</param>
[GenerateSerializer, Immutable]
internal sealed record BeatReply(LegKey[] Drop, LegKey[] Stop);
