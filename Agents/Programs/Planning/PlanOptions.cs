namespace Agents.Programs.Planning;

/// <summary>How large a program may become. Runs may have fewer rows.</summary>
/// <param name="MaxRows">Most rows T × B.</param>
/// <param name="MaxSequences">Most sequences B; 0 for as many as rows.</param>
internal sealed record PlanOptions(int MaxRows, int MaxSequences = 0)
{
    /// <summary>Rows of a block. Part of the numbers that come out (sums run over blocks), so a constant, and tests alone change it.</summary>
    public const int UsualBlockRows = 128;

    /// <summary>Rows of a block.</summary>
    public int BlockRows { get; init; } = UsualBlockRows;

    /// <summary>Whether memory is used again once nobody reads what lies there; tests switch it off.</summary>
    public bool Recycles { get; init; } = true;

    /// <summary>Most rows of spaces beyond batch and sequences.</summary>
    public IReadOnlyDictionary<RowSpace, int> OtherSpaces { get; init; } = new Dictionary<RowSpace, int>();

    /// <summary>Most rows of a space.</summary>
    /// <exception cref="GraphException">Nothing says how many.</exception>
    public int MaxOf(RowSpace space) =>
        space == RowSpace.Rows ? MaxRows
        : space == RowSpace.Sequences ? (MaxSequences > 0 ? MaxSequences : MaxRows)
        : space.PerSequence > 0 ? checked(space.PerSequence * MaxOf(RowSpace.Sequences))
        : OtherSpaces.TryGetValue(space, out int rows) ? rows
        : throw new GraphException($"The plan does not say how many rows {space.Name} has at most. Add it to OtherSpaces.");
}
