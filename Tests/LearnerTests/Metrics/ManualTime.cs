namespace Tests.LearnerTests.Metrics;

/// <summary>A clock that stands still until a test moves it; timers that are due then ring.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Timer> _timers = [];

    public DateTimeOffset Now
    {
        get;
        set
        {
            Timer[] due;
            lock (_timers)
            {
                field = value;
                due = [.. _timers.Where(timer => timer.Due <= value)];
                _timers.RemoveAll(timer => due.Contains(timer) && !timer.Repeats(value));
            }
            Array.ForEach(due, timer => timer.Ring());
        }
    } = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000.25);

    /// <summary>Timers that wait.</summary>
    public int Running
    {
        get
        {
            lock (_timers)
            {
                return _timers.Count;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => Now += time;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;

    /// <inheritdoc/>
    /// <remarks>However much time passes at once, one that repeats rings once.</remarks>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualTime clock, Action ring) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; }

        /// <summary>Whether it rings again, which is then due a period later.</summary>
        public bool Repeats(DateTimeOffset now)
        {
            Due = now + _period;
            return _period > TimeSpan.Zero;
        }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    (Due, _period) = (clock.Now + dueTime, period);
                    clock._timers.Add(this);
                }
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
