namespace Studies.Cluster.Queue;

/// <summary>What the queue has heard of a worker; it is not kept.</summary>
internal sealed class KnownWorker
{
    /// <summary>Time stamp of its last word.</summary>
    public long Heard { get; set; }

    /// <summary>Legs that it trains at a time.</summary>
    public int Slots { get; init; }

    /// <summary>Legs that it holds.</summary>
    public HeldReport[] Held { get; init; } = [];
}
