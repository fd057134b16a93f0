using Environments.State;
using Learners.Metrics;
using Protos;

namespace Learners.Runs;

/// <summary>Returns of the last 100 training episodes, and means over the logging interval.</summary>
internal sealed class EpisodeWindow
{
    private const int Size = 100;
    private readonly double[] _returns = new double[Size];

    /// <summary>Episodes seen.</summary>
    public long Count { get; private set; }

    /// <summary>Whether 100 episodes were seen, so that the mean is over as many.</summary>
    public bool IsFull => Count >= Size;

    /// <summary>Mean return of the last 100; not a number before the first.</summary>
    public double Mean
    {
        get
        {
            int known = (int)Math.Min(Count, Size);
            double sum = 0;
            foreach (double value in _returns.AsSpan(0, known))
            {
                sum += value;
            }
            return known == 0 ? double.NaN : sum / known;
        }
    }

    /// <summary>Takes the episodes of an unroll.</summary>
    public void Add(IReadOnlyList<CompletedEpisode> episodes, MetricAverages metrics)
    {
        foreach (CompletedEpisode episode in episodes)
        {
            _returns[Count++ % Size] = episode.Return;
            metrics.Add("charts/episodic_return", episode.Return);
            metrics.Add("charts/episodic_length", episode.Length);
        }
    }

    /// <summary>Saves the window.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set<double>("returns", _returns);
        state.Set("count", Count);
    }

    /// <summary>Continues a saved window.</summary>
    public void LoadState(StateDictionary state)
    {
        state.Read<double>("returns", _returns);
        Count = state.Get("count", 0L, long.MaxValue / 2);
    }
}
