namespace Studies.Comparison;

/// <summary>Which share of an algorithm's runs scores above τ, for every τ (Agarwal et al. 2021, arXiv 2108.13264, section 4.2).</summary>
/// <param name="Thresholds">Scores τ, rising, <c>[n]</c>.</param>
/// <param name="Shares">Share of the runs above each, <c>[n]</c>.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval of each share, <c>[n]</c>; null where there are too few runs.</param>
/// <param name="High">Upper end, <c>[n]</c>; null where there are too few runs.</param>
internal sealed record PerformanceProfile(double[] Thresholds, double[] Shares, double[]? Low, double[]? High);
