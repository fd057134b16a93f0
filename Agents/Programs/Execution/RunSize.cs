namespace Agents.Programs.Execution;

/// <summary>How large one run is, and which draws it makes.</summary>
/// <param name="Rows">Rows of the batch, T × B.</param>
/// <param name="Sequences">Sequences, B.</param>
/// <param name="Draw">Number of the run, for draws.</param>
/// <param name="OtherSpaces">Rows of further spaces; null where there are none.</param>
/// <param name="Total">Rows of the batch of which these are a part, for means; 0 where they are all of it.</param>
internal sealed record RunSize(
    int Rows,
    int Sequences,
    ulong Draw = 0,
    IReadOnlyDictionary<RowSpace, int>? OtherSpaces = null,
    int Total = 0
)
{
    /// <summary>Rows that a mean over a space divides by.</summary>
    public int MeanCount(RowSpace space) => Total > 0 && space == RowSpace.Rows ? Total : Count(space);

    /// <summary>Rows of a space.</summary>
    /// <exception cref="GraphException">Nothing says how many.</exception>
    public int Count(RowSpace space)
    {
        if (space == RowSpace.Rows)
        {
            return Rows;
        }
        if (space == RowSpace.Sequences)
        {
            return Sequences;
        }
        if (space.PerSequence > 0)
        {
            return space.PerSequence * Sequences;
        }
        return OtherSpaces is not null && OtherSpaces.TryGetValue(space, out int count)
            ? count
            : throw new GraphException($"Nothing says how many rows {space.Name} has in this run. Set them by SetRows first.");
    }

    /// <summary>Rows of a shape.</summary>
    public int RowsOf(Shape shape) => shape.Space is { } space ? Count(space) : shape.Rows;
}
