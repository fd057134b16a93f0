namespace Learners.Runs;

/// <summary>
/// Processor time of what trains in this process: all of the process's while it trains alone, else an even share. The first to begin is charged for the start
/// of the process, too. Thread-safe.
/// </summary>
/// <remarks>Threads of several runs work for each other, in pools and collections of garbage, so that nobody can say whose a second was.</remarks>
internal sealed class ProcessorShare : IDisposable
{
    private static readonly Lock Counting = new();
    private static readonly HashSet<ProcessorShare> Open = [];
    private static readonly AsyncLocal<ProcessorShare?> Current = new();
    private static bool _isStarted;
    private static double _counted;

    private readonly ProcessorShare? _outer;
    private readonly double _begin;
    private double _seconds;

    private ProcessorShare(ProcessorShare? outer)
    {
        _outer = outer;
        _begin = outer?.Seconds ?? 0;
    }

    /// <summary>Processor seconds since it began.</summary>
    public double Seconds
    {
        get
        {
            if (_outer is not null)
            {
                return _outer.Seconds - _begin;
            }
            lock (Counting)
            {
                Count();
                return _seconds;
            }
        }
    }

    /// <summary>Begins a share. What begins within the same flow of calls is a part of the share around it.</summary>
    public static ProcessorShare Begin()
    {
        var share = new ProcessorShare(Current.Value);
        if (share._outer is null)
        {
            lock (Counting)
            {
                if (_isStarted)
                {
                    Count();
                }
                _isStarted = true;
                Open.Add(share);
            }
            Current.Value = share;
        }
        return share;
    }

    /// <summary>Ends it; what it has counted stays.</summary>
    public void Dispose()
    {
        if (_outer is not null)
        {
            return;
        }
        lock (Counting)
        {
            Count();
            Open.Remove(this);
        }
        if (Current.Value == this)
        {
            Current.Value = null;
        }
    }

    private static void Count()
    {
        double now = Environment.CpuUsage.TotalTime.TotalSeconds;
        foreach (ProcessorShare share in Open)
        {
            share._seconds += (now - _counted) / Open.Count;
        }
        _counted = now;
    }
}
