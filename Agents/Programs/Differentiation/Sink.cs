namespace Agents.Programs.Differentiation;

/// <summary>A value whose result belongs into the flat gradient.</summary>
/// <param name="Gradient">The value.</param>
/// <param name="Offset">First float there.</param>
internal sealed record Sink(Value Gradient, int Offset);
