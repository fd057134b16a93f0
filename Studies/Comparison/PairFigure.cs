using Studies.Statistics;

namespace Studies.Comparison;

/// <summary>One algorithm against the baseline.</summary>
/// <param name="Label">The algorithm, X.</param>
/// <param name="Baseline">The baseline, Y.</param>
/// <param name="DifferenceOfMeans">mean(X) − mean(Y).</param>
/// <param name="ProbabilityOfImprovement">P(X &gt; Y).</param>
internal sealed record PairFigure(string Label, string Baseline, Estimate DifferenceOfMeans, Estimate ProbabilityOfImprovement);
