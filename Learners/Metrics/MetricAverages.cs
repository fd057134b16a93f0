namespace Learners.Metrics;

/// <summary>Means of named numbers over an interval; not-a-number values are left out.</summary>
internal sealed class MetricAverages
{
    private readonly Dictionary<string, (double Sum, long Count)> _sums = [];

    /// <summary>Adds one observation of a metric.</summary>
    public void Add(string tag, double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }
        (double sum, long count) = _sums.GetValueOrDefault(tag);
        _sums[tag] = (sum + value, count + 1);
    }

    /// <summary>Appends every mean and starts over.</summary>
    public void Drain(List<Metric> destination)
    {
        foreach ((string tag, (double sum, long count)) in _sums)
        {
            destination.Add(new Metric(tag, sum / count));
        }
        _sums.Clear();
    }
}
