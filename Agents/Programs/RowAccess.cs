namespace Agents.Programs;

/// <summary>Which rows of its inputs an operator reads for a row of its output.</summary>
internal enum RowAccess
{
    /// <summary>The same row, so that any block of rows can be computed by itself.</summary>
    EachRow,

    /// <summary>All rows, block by block: what they give is added to an output of constant size.</summary>
    Reduction,

    /// <summary>Any rows, so that all must be there.</summary>
    AllRows,

    /// <summary>The same sequence one step earlier or later.</summary>
    Delay,
}
