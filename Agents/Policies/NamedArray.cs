namespace Agents.Policies;

/// <summary>A float32 array with a name.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Dimensions, outermost first; empty for a single number.</param>
/// <param name="Values">Elements, row-major.</param>
internal sealed record NamedArray(string Name, int[] Shape, float[] Values);
