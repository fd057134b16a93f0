namespace Studies.Cluster.Queue;

/// <summary>Where a leg is in the queue.</summary>
internal enum WorkPhase
{
    /// <summary>Nobody holds it.</summary>
    Waiting,

    /// <summary>A worker holds it.</summary>
    Held,

    /// <summary>It has ended; the worker keeps its folder until the study forgets it.</summary>
    Ended,

    /// <summary>It was asked to stop and has saved; the worker keeps its folder.</summary>
    Stopped,

    /// <summary>The worker could not train it.</summary>
    Failed,
}
