using Environments.Naming;

namespace Environments;

/// <summary>Numbers that environments measured beside rewards, by name: sums and counts, until somebody takes them. Not thread-safe.</summary>
public sealed class EnvironmentMetrics
{
    private readonly Dictionary<string, MeasuredNumbers> _numbers = [];

    /// <summary>Adds measured numbers.</summary>
    /// <param name="name">Their name: 1 to 100 characters without commas, quotes and line breaks.</param>
    /// <param name="total">Their sum.</param>
    /// <param name="count">How many they are; 0 adds nothing.</param>
    /// <exception cref="ArgumentException">The name cannot head a column.</exception>
    public void Add(string name, double total, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!_numbers.TryGetValue(name, out MeasuredNumbers? numbers))
        {
            MetricName.Require(name);
            _numbers.Add(name, numbers = new MeasuredNumbers(MetricName.OfEnvironments + name));
        }
        numbers.Total += total;
        numbers.Count += count;
    }

    /// <summary>What was added, some of it perhaps nothing since it was taken.</summary>
    internal Dictionary<string, MeasuredNumbers>.ValueCollection All => _numbers.Values;
}

/// <summary>Sum and count of one metric.</summary>
/// <param name="tag">Name of its column.</param>
internal sealed class MeasuredNumbers(string tag)
{
    /// <summary>Name of its column.</summary>
    public string Tag => tag;

    /// <summary>Sum.</summary>
    public double Total { get; set; }

    /// <summary>How many numbers.</summary>
    public long Count { get; set; }
}
