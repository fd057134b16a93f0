namespace Studies.Cluster.Queue;

/// <summary>What a worker says each second: it lives, and how far it is. Immutable.</summary>
/// <param name="Worker">Its id, which is its silo's.</param>
/// <param name="Address">Where its folders are fetched.</param>
/// <param name="Slots">Legs that it trains at a time; 0 when it leaves.</param>
/// <param name="Held">Legs that it holds.</param>
[GenerateSerializer, Immutable]
internal sealed record WorkerBeat(string Worker, string Address, int Slots, HeldReport[] Held);
