namespace Learners.Metrics;

/// <summary>One named number.</summary>
/// <param name="Tag">Name, <c>group/name</c>, such as <c>losses/policy_loss</c>.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct Metric(string Tag, double Value);
