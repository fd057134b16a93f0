using Studies.Claims;
using Studies.Statistics;

namespace Benchmarks.Comparing;

/// <summary>Figures of two sides that were measured in turns: pair by pair the same machine in the same minute.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Engine">Which engine; none where no network takes part.</param>
/// <param name="Unit">Unit of the figures; those per processor second are better when larger, others when smaller.</param>
internal sealed record PairedComparison(string Name, string Engine, string Unit)
{
    /// <summary>Pairs below which an interval says little.</summary>
    public const int LeastPairs = 7;

    private readonly List<(double A, double B)> _pairs = [];

    /// <summary>Pairs so far.</summary>
    public int Count => _pairs.Count;

    /// <summary>Median of the first side.</summary>
    public double A => SampleStatistics.Of(Statistic.Median, [.. _pairs.Select(pair => pair.A)]);

    /// <summary>Median of the second side.</summary>
    public double B => SampleStatistics.Of(Statistic.Median, [.. _pairs.Select(pair => pair.B)]);

    /// <summary>Adds a pair.</summary>
    public void Add(double a, double b) => _pairs.Add((a, b));

    /// <summary>How many times faster the second side is: the median over the pairs, with its 95 % bootstrap interval.</summary>
    public Estimate Ratio
    {
        get
        {
            bool larger = Unit.EndsWith("/cpu_s", StringComparison.Ordinal);
            RunValue[] ratios = [.. _pairs.Select(pair => RunValue.Known(larger ? pair.B / pair.A : pair.A / pair.B))];
            return Bootstrap.OfArm(ratios, Statistic.Median, seed: 0);
        }
    }

    /// <summary>What can be said; an interval that holds 1 shows no difference.</summary>
    public string Verdict =>
        Ratio switch
        {
            { HasInterval: false } => "no difference shown",
            { IntervalLow: > 1 } => "B is faster",
            { IntervalHigh: < 1 } => "B is slower",
            _ => "no difference shown",
        };
}
