namespace Agents.Programs;

/// <summary>
/// Numbers that a program computes, as rows and columns; immutable. Losses and memories of your own are written with them: nothing is computed while they are
/// combined, and gradients are made from what was combined.
/// </summary>
/// <remarks>
/// <c>[N, C]</c> is a row of C numbers for each of the N samples of a batch. The second operand of + − * may be as large as the first, a column
/// <c>[N, 1]</c>, a constant row <c>[1, C]</c> or a number; anything else does not fit, and the error says so.
/// </remarks>
public sealed partial class Value
{
    internal Value(Node node, int output, Shape shape)
    {
        Node = node;
        Output = output;
        Shape = shape;
    }

    /// <summary>Who computes it.</summary>
    internal Node Node { get; }

    /// <summary>Which of the node's outputs it is.</summary>
    internal int Output { get; }

    /// <summary>Rows and columns.</summary>
    internal Shape Shape { get; }

    /// <summary>The graph that it belongs to.</summary>
    internal Graph Graph => Node.Graph;

    /// <summary>Numbers of a row.</summary>
    public int Columns => Shape.Columns;

    /// <inheritdoc/>
    public override string ToString() => $"{Node.Title} {Shape}";
}
