namespace Agents.Programs;

/// <summary>What the rows of a value stand for. Values of two row spaces never meet in one operator unless the operator is made for it.</summary>
/// <param name="Name">Name in errors; spaces of equal names are the same.</param>
/// <param name="PerSequence">Rows of each sequence, where that makes their number; 0 where each run tells it.</param>
internal sealed record RowSpace(string Name, int PerSequence = 0)
{
    /// <summary>Samples of a batch: T steps of B sequences, time-major, so that row t × B + b is step t of sequence b.</summary>
    public static RowSpace Rows { get; } = new("rows");

    /// <summary>The B sequences of a batch.</summary>
    public static RowSpace Sequences { get; } = new("sequences");

    /// <summary>Steps before the batch that each sequence remembers, time-major and oldest first: row m × B + b.</summary>
    public static RowSpace Remembered(int steps) => new($"the {steps} steps before", steps);
}
