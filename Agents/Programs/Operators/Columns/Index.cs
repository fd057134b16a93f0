namespace Agents.Programs;

/// <summary>Places that float32 numbers name.</summary>
internal static class Index
{
    /// <summary>The place that an index names.</summary>
    /// <param name="index">A whole number.</param>
    /// <param name="count">How many places there are.</param>
    /// <exception cref="GraphException">There is no such place; the caller adds who asked.</exception>
    public static int Of(float index, int count) =>
        index >= 0 && index < count
            ? (int)index
            : throw new GraphException($"the index {index} was given, where 0 to {count - 1} exist.");
}
