namespace Studies.Cluster.Queue;

/// <summary>A leg that was taken back from a worker.</summary>
/// <param name="Item">The leg as it waits again.</param>
/// <param name="Worker">Who had held it.</param>
/// <param name="Silence">How long nothing was heard of the worker.</param>
internal sealed record WorkLoss(WorkItem Item, string Worker, TimeSpan Silence);
