namespace Chaos.Campaigns;

/// <summary>How long calls took. Thread-safe.</summary>
internal sealed class Latencies
{
    private readonly List<double> _seconds = [];

    /// <summary>Calls so far.</summary>
    public int Count
    {
        get
        {
            lock (_seconds)
            {
                return _seconds.Count;
            }
        }
    }

    /// <summary>Adds a call.</summary>
    public void Add(TimeSpan time)
    {
        lock (_seconds)
        {
            _seconds.Add(time.TotalSeconds);
        }
    }

    /// <summary>Time that a share of the calls did not exceed, in seconds; not a number where there was none.</summary>
    /// <param name="share">In (0, 1], such as 0.99.</param>
    public double Quantile(double share)
    {
        lock (_seconds)
        {
            _seconds.Sort();
            return _seconds.Count == 0 ? double.NaN : _seconds[(int)Math.Ceiling(share * _seconds.Count) - 1];
        }
    }
}
