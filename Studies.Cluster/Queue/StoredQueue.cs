namespace Studies.Cluster.Queue;

/// <summary>The queue as the table holds it.</summary>
internal sealed class StoredQueue
{
    /// <summary>The text that <see cref="WorkQueue.Write"/> gives; null before the first.</summary>
    public string? Text { get; set; }
}
