namespace Studies.Cluster.Queue;

/// <summary>A leg as it was handed out once. Whoever holds it under another epoch holds it no longer.</summary>
/// <param name="Study">Id of the study.</param>
/// <param name="Leg">Number of the leg in it.</param>
/// <param name="Epoch">Number of the handing out, unique in the cluster.</param>
[GenerateSerializer, Immutable]
internal readonly record struct LegKey(string Study, int Leg, long Epoch);
