using Environments.Naming;

namespace Environments;

/// <summary>Sums of what copies of one environment measured since they were taken last. Allocates nothing per step.</summary>
internal sealed class MetricSums
{
    private readonly string[] _names;
    private readonly float[] _values;
    private readonly double[] _totals;
    private readonly long[] _counts;

    private MetricSums(string[] names)
    {
        _names = names;
        _values = new float[names.Length];
        _totals = new double[names.Length];
        _counts = new long[names.Length];
    }

    /// <summary>Sums of an environment's metrics; null where it has none.</summary>
    /// <param name="id">The environment, for messages.</param>
    /// <param name="names">What it measures.</param>
    /// <exception cref="ArgumentException">A name stands twice, or cannot head a column.</exception>
    public static MetricSums? Of(string id, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return null;
        }
        foreach (string name in names)
        {
            if (MetricName.Mistake(name) is { } mistake)
            {
                throw new ArgumentException($"{id} has a metric without a proper name: {mistake}");
            }
        }
        return names.Distinct().Count() == names.Count
            ? new MetricSums([.. names])
            : throw new ArgumentException($"{id} has two metrics of one name: {string.Join(", ", names)}. Rename one of them.");
    }

    /// <summary>Where a step's numbers are written, one per name; all are NaN, which says nothing.</summary>
    public Span<float> Begin()
    {
        _values.AsSpan().Fill(float.NaN);
        return _values;
    }

    /// <summary>Adds what was written.</summary>
    public void End()
    {
        for (int i = 0; i < _values.Length; i++)
        {
            if (!float.IsNaN(_values[i]))
            {
                _totals[i] += _values[i];
                _counts[i]++;
            }
        }
    }

    /// <summary>Hands the sums over and starts over.</summary>
    public void MoveTo(EnvironmentMetrics destination)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (_counts[i] > 0)
            {
                destination.Add(_names[i], _totals[i], _counts[i]);
            }
        }
        Array.Clear(_totals);
        Array.Clear(_counts);
    }
}
