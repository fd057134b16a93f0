namespace Agents.Policies;

/// <summary>One array of a safetensors file. Owns its numbers; equality compares the arrays by reference.</summary>
/// <param name="Name">Unique in its file; not <c>__metadata__</c>.</param>
/// <param name="Shape">Dimensions, outermost first; empty for a single number.</param>
/// <param name="Values">Elements, row-major, as many as the shape holds.</param>
internal sealed record NamedArray(string Name, int[] Shape, float[] Values);
