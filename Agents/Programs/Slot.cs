namespace Agents.Programs;

/// <summary>Where a value lies while a program runs.</summary>
/// <remarks>No struct, as <see cref="Shape"/>. What each run asks of it is computed once, so extent and columns stay as they were made.</remarks>
/// <param name="Extent">How its place depends on rows.</param>
/// <param name="Source">Which array: see the constants.</param>
/// <param name="Offset">First float within the array.</param>
/// <param name="Columns">Floats of a row.</param>
/// <param name="Size">Floats of a value of constant size.</param>
/// <param name="SpaceIndex">Place of its row space among those of the plan; 0 where its size is constant.</param>
internal sealed record Slot(Extent Extent, int Source, int Offset, int Columns, int Size, int SpaceIndex)
{
    /// <summary>How its place depends on rows.</summary>
    public Extent Extent { get; } = Extent;

    /// <summary>Floats of a row.</summary>
    public int Columns { get; } = Columns;

    /// <summary>Floats between the rows of a run; 0 where it holds only those of one block.</summary>
    public int Step { get; } =
        Extent switch
        {
            Extent.Constant or Extent.Block => 0,
            Extent.Full => Columns,
        };

    /// <summary>Floats that each row adds to the size.</summary>
    public int PerRow { get; } =
        Extent switch
        {
            Extent.Constant => 0,
            Extent.Full or Extent.Block => Columns,
        };

    /// <summary>No place for no numbers.</summary>
    public static Slot None { get; } = new(Extent.Constant, Arena, 0, 0, 0, 0);

    /// <summary>The program's own memory.</summary>
    public const int Arena = 0;

    /// <summary>The flat parameters.</summary>
    public const int Parameters = 1;

    /// <summary>The flat gradient.</summary>
    public const int Gradient = 2;

    /// <summary>A state that the program changes where it lies.</summary>
    public const int State = 3;

    /// <summary>The first bound input; others follow.</summary>
    public const int FirstInput = 4;
}

/// <summary>How much of a value is there at a time.</summary>
internal enum Extent
{
    /// <summary>All of it, and it does not depend on the number of rows.</summary>
    Constant,

    /// <summary>All rows of the run.</summary>
    Full,

    /// <summary>The rows of the current block or step.</summary>
    Block,
}
