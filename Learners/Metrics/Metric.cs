namespace Learners.Metrics;

/// <summary>One measured number.</summary>
/// <param name="Tag">Name of the curve it belongs to; a slash groups curves, as in <c>loss/policy</c>.</param>
/// <param name="Value">The number; not a number and infinities are recorded as they are.</param>
internal readonly record struct Metric(string Tag, double Value);
