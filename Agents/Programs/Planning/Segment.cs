using System.Collections.Immutable;

namespace Agents.Programs.Planning;

/// <summary>Instructions that run together.</summary>
/// <param name="Kind">How rows pass through them.</param>
/// <param name="SpaceIndex">Whose rows pass, as a place in <see cref="Plan.Spaces"/>.</param>
/// <param name="Instructions">In order.</param>
/// <param name="Sums">What reductions add to; cleared before the segment runs.</param>
internal sealed record Segment(
    SegmentKind Kind,
    int SpaceIndex,
    ImmutableArray<Instruction> Instructions,
    ImmutableArray<Slot> Sums
)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind}: {string.Join(" ", Instructions.Select(instruction => instruction.Operator.Name))}";
}

/// <summary>How rows pass through a segment.</summary>
internal enum SegmentKind
{
    /// <summary>Values of constant size, once.</summary>
    Once,

    /// <summary>A block of rows passes through all instructions before the next one does.</summary>
    Blocks,

    /// <summary>Step 0 of all sequences passes through all instructions, then step 1, and so on.</summary>
    LoopUp,

    /// <summary>The last step passes first, step 0 last.</summary>
    LoopDown,

    /// <summary>Each instruction sees all rows.</summary>
    AllRows,
}
