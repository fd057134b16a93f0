using Environments.Naming;
using Environments.State;
using Protos.Foreign;

namespace Learners.Metrics;

/// <summary>Means of named numbers over an interval: what a learner tells between two rows of <c>metrics.csv</c>.</summary>
public sealed class MetricAverages
{
    private readonly Dictionary<string, Sum> _sums = [];
    private readonly HashSet<string> _own = [];

    /// <summary>Adds one observation of a metric.</summary>
    /// <param name="tag">Its name, such as <c>losses/policy_loss</c>; the run must know it, see <see cref="Composition.ILearner.Tags"/>.</param>
    /// <param name="value">The number; one that is not a number is left out of the mean.</param>
    public void Add(string tag, double value)
    {
        if (!double.IsNaN(value))
        {
            AddSum(tag, value, 1);
        }
    }

    /// <summary>Adds numbers of a metric that is a user's own: its column is made when it first comes.</summary>
    /// <param name="tag">A name that <see cref="MetricName"/> lets pass.</param>
    /// <param name="total">Sum of the numbers.</param>
    /// <param name="count">How many there are, at least 1.</param>
    /// <exception cref="InvalidOperationException">The run has too many metrics of its own.</exception>
    internal void AddOwn(string tag, double total, long count)
    {
        if (!_own.Contains(tag))
        {
            if (_own.Count >= MetricName.MostNames)
            {
                throw new InvalidOperationException(
                    $"'{tag}' would be the metric number {MetricName.MostNames + 1} of this run's own. A name must not hold a number that changes; report few names, and their values as numbers."
                );
            }
            _own.Add(tag);
        }
        AddSum(tag, total, count);
    }

    /// <summary>Whether a metric is a user's own.</summary>
    internal bool IsOwn(string tag) => _own.Contains(tag);

    /// <summary>Whether there are numbers of a user's own since the last row.</summary>
    internal bool HasOwn => _sums.Keys.Any(IsOwn);

    /// <summary>Begins to count what <see cref="Recent"/> gives.</summary>
    internal void BeginRecent()
    {
        foreach (Sum sum in _sums.Values)
        {
            (sum.RecentTotal, sum.RecentCount) = (0, 0);
        }
    }

    /// <summary>Means of what was added since <see cref="BeginRecent"/>, by name.</summary>
    internal IReadOnlyDictionary<string, double> Recent()
    {
        var means = new Dictionary<string, double>(_sums.Count);
        foreach ((string tag, Sum sum) in _sums)
        {
            if (sum.RecentCount > 0)
            {
                means.Add(tag, sum.RecentTotal / sum.RecentCount);
            }
        }
        return means;
    }

    /// <summary>Saves sums and counts.</summary>
    /// <param name="state">Takes those of the run.</param>
    /// <param name="own">Takes those of a user's own; null where there are none.</param>
    internal void SaveState(StateDictionary state, StateDictionary? own = null)
    {
        foreach ((string tag, Sum sum) in _sums)
        {
            (IsOwn(tag) ? own ?? state : state).Set<double>(tag, [sum.Total, sum.Count]);
        }
    }

    /// <summary>Continues from saved ones of a user's own.</summary>
    internal void LoadOwnState(StateDictionary state)
    {
        foreach (string tag in state.Names.Where(name => MetricName.Mistake(name) is null).Take(MetricName.MostNames))
        {
            (double total, long count) = Read(state, tag);
            AddOwn(tag, total, count);
        }
    }

    /// <summary>Continues from saved ones.</summary>
    /// <param name="state">Where they were saved.</param>
    /// <param name="tags">Metrics that the run has.</param>
    internal void LoadState(StateDictionary state, IReadOnlyCollection<string> tags)
    {
        foreach (string tag in state.Names)
        {
            if (!tags.Contains(tag))
            {
                continue; // of another version: nobody asks for it
            }
            (double total, long count) = Read(state, tag);
            _sums[tag] = new Sum { Total = total, Count = count };
        }
    }

    /// <summary>Appends every mean and starts over.</summary>
    internal void Drain(List<Metric> destination)
    {
        foreach ((string tag, Sum sum) in _sums)
        {
            destination.Add(new Metric(tag, sum.Total / sum.Count));
        }
        _sums.Clear();
    }

    private static (double Total, long Count) Read(StateDictionary state, string tag)
    {
        var saved = new double[2];
        state.Read<double>(tag, saved);
        return saved[1] >= 1 && saved[1] < long.MaxValue
            ? (saved[0], (long)saved[1])
            : throw new InvalidDataException($"The mean '{ForeignText.Show(tag)}' is saved of {saved[1]} numbers.");
    }

    private void AddSum(string tag, double total, long count)
    {
        if (!_sums.TryGetValue(tag, out Sum? sum))
        {
            _sums.Add(tag, sum = new Sum());
        }
        sum.Total += total;
        sum.Count += count;
        sum.RecentTotal += total;
        sum.RecentCount += count;
    }

    private sealed class Sum
    {
        public double Total { get; set; }

        public long Count { get; set; }

        public double RecentTotal { get; set; }

        public long RecentCount { get; set; }
    }
}
