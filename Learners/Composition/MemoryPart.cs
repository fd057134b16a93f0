namespace Learners.Composition;

/// <summary>Arrays of a run.</summary>
/// <param name="What">What they hold, in words.</param>
/// <param name="Hint">What makes them smaller.</param>
/// <param name="Floats">Numbers in one of them.</param>
/// <param name="Count">How many there are.</param>
internal sealed record MemoryPart(string What, string Hint, double Floats, int Count)
{
    /// <summary>Size of all of them.</summary>
    public double Bytes => Floats * Count * sizeof(float);
}
