namespace Page.Curves;

/// <summary>The curves of a metric.</summary>
/// <param name="Metric">Name of the column.</param>
/// <param name="Curves">One for each run, or for each experiment.</param>
/// <param name="Problems">Why runs have none, in whole sentences.</param>
internal sealed record CurveSet(string Metric, IReadOnlyList<CurveData> Curves, IReadOnlyList<string> Problems);
