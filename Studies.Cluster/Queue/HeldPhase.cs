namespace Studies.Cluster.Queue;

/// <summary>How far a worker is with a leg that it holds.</summary>
internal enum HeldPhase
{
    /// <summary>It waits for the order and the files.</summary>
    Waiting,

    /// <summary>It trains.</summary>
    Running,

    /// <summary>It has ended, and its folder can be fetched.</summary>
    Ended,

    /// <summary>It was asked to stop and has saved.</summary>
    Stopped,

    /// <summary>The worker could not train it, whatever the settings are: its disk is full, for example.</summary>
    Failed,
}
