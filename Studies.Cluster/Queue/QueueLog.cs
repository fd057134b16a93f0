namespace Studies.Cluster.Queue;

/// <summary>Where the queue tells what it took back.</summary>
/// <param name="write">Receives lines; from any thread.</param>
internal sealed class QueueLog(Action<string> write)
{
    /// <summary>Tells a line.</summary>
    public void Write(string line) => write(line);
}
