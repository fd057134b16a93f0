namespace Agents.Programs;

/// <summary>Numbers that a graph computes; immutable. <c>Value.Operations.cs</c> has what can be done with them.</summary>
internal sealed partial class Value
{
    internal Value(Node node, int output, Shape shape)
    {
        Node = node;
        Output = output;
        Shape = shape;
    }

    /// <summary>Who computes it.</summary>
    public Node Node { get; }

    /// <summary>Which of the node's outputs it is.</summary>
    public int Output { get; }

    /// <summary>Rows and columns.</summary>
    public Shape Shape { get; }

    /// <summary>The graph that it belongs to.</summary>
    public Graph Graph => Node.Graph;

    /// <summary>Numbers of a row.</summary>
    public int Columns => Shape.Columns;

    /// <inheritdoc/>
    public override string ToString() => $"{Node.Title} {Shape}";
}
