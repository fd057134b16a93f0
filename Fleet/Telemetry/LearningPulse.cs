namespace Fleet.Telemetry;

/// <summary>Whether the training loop gets on: it waits for actors, or it did something not long ago. Thread-safe.</summary>
internal sealed class LearningPulse(TimeProvider clock)
{
    private long _latest = clock.GetTimestamp();
    private volatile bool _isResting;

    /// <summary>Whether the loop rests, or worked within the given time.</summary>
    /// <param name="limit">Longest time that an update, a checkpoint or an evaluation may take.</param>
    public bool IsHealthy(TimeSpan limit) => _isResting || clock.GetElapsedTime(Volatile.Read(ref _latest)) <= limit;

    /// <summary>The loop has nothing to do: it waits for actors, or the run is over.</summary>
    public void Rest() => _isResting = true;

    /// <summary>The loop got something done.</summary>
    public void Beat()
    {
        Volatile.Write(ref _latest, clock.GetTimestamp());
        _isResting = false;
    }
}
