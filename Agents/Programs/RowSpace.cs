namespace Agents.Programs;

/// <summary>What the rows of a value stand for. Values of two row spaces never meet in one operator unless the operator is made for it.</summary>
/// <param name="Name">Name in errors; spaces of equal names are the same.</param>
internal sealed record RowSpace(string Name)
{
    /// <summary>Samples of a batch: T steps of B sequences, time-major, so that row t × B + b is step t of sequence b.</summary>
    public static RowSpace Rows { get; } = new("rows");

    /// <summary>The B sequences of a batch.</summary>
    public static RowSpace Sequences { get; } = new("sequences");
}
