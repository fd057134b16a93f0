using Environments.State;
using Protos.Foreign;

namespace Learners.Metrics;

/// <summary>Means of named numbers over an interval: what a learner tells between two rows of <c>metrics.csv</c>.</summary>
public sealed class MetricAverages
{
    private readonly Dictionary<string, Sum> _sums = [];

    /// <summary>Adds one observation of a metric.</summary>
    /// <param name="tag">Its name, such as <c>losses/policy_loss</c>; the run must know it, see <see cref="Composition.ILearner.Tags"/>.</param>
    /// <param name="value">The number; one that is not a number is left out of the mean.</param>
    public void Add(string tag, double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }
        if (!_sums.TryGetValue(tag, out Sum? sum))
        {
            _sums.Add(tag, sum = new Sum());
        }
        sum.Total += value;
        sum.Count++;
    }

    /// <summary>Saves sums and counts.</summary>
    internal void SaveState(StateDictionary state)
    {
        foreach ((string tag, Sum sum) in _sums)
        {
            state.Set<double>(tag, [sum.Total, sum.Count]);
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
            var saved = new double[2];
            state.Read<double>(tag, saved);
            if (!(saved[1] >= 1 && saved[1] < long.MaxValue))
            {
                throw new InvalidDataException($"The mean '{ForeignText.Show(tag)}' is saved of {saved[1]} numbers.");
            }
            _sums[tag] = new Sum { Total = saved[0], Count = (long)saved[1] };
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

    private sealed class Sum
    {
        public double Total { get; set; }

        public long Count { get; set; }
    }
}
