namespace Agents.Programs;

/// <summary>Size of a value: as many rows as its row space has in a run, or a constant number of them.</summary>
/// <remarks>No struct: tables and spans of structs of one's own are compiled at each start, those of classes once beforehand.</remarks>
/// <param name="Space">What rows stand for; null for a value of constant size.</param>
/// <param name="Rows">Rows of a value of constant size; 0 for others, whose number is told by each run.</param>
/// <param name="Columns">Numbers of a row, at least 1.</param>
internal sealed record Shape(RowSpace? Space, int Rows, int Columns)
{
    /// <summary>One row per row of a space.</summary>
    public static Shape Of(RowSpace space, int columns) => new(space, 0, columns);

    /// <summary>A constant number of rows.</summary>
    public static Shape Constant(int rows, int columns) => new(null, rows, columns);

    /// <summary>Whether the number of rows is the same in every run.</summary>
    public bool IsConstant => Space is null;

    /// <summary>Whether it is one number.</summary>
    public bool IsScalar => Space is null && Rows == 1 && Columns == 1;

    /// <summary>Numbers of a value of constant size.</summary>
    public int Size => Rows * Columns;

    /// <inheritdoc/>
    public override string ToString() => $"[{(Space is null ? Rows.ToString() : Space.Name)}, {Columns}]";
}
