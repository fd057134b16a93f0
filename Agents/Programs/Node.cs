using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>One use of an operator in a graph.</summary>
internal sealed class Node
{
    internal Node(Graph graph, int index, string scope, Operator operation, Value[] inputs, ImmutableArray<Shape> shapes)
    {
        Graph = graph;
        Index = index;
        Scope = scope;
        Operator = operation;
        InputArray = inputs;
        var outputs = new Value[shapes.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = new Value(this, i, shapes[i]);
        }
        Outputs = [.. outputs];
    }

    /// <summary>The graph that it belongs to.</summary>
    public Graph Graph { get; }

    /// <summary>Place in the order in which nodes were made. Inputs come first, except what closes a loop.</summary>
    public int Index { get; }

    /// <summary>The part that made it, such as <c>actor.core</c>; empty outside of parts.</summary>
    public string Scope { get; }

    /// <summary>What it computes.</summary>
    public Operator Operator { get; }

    /// <summary>What it reads.</summary>
    public ReadOnlySpan<Value> Inputs => InputArray;

    /// <summary>What it gives.</summary>
    public ImmutableArray<Value> Outputs { get; }

    /// <summary>Operator and part, for errors.</summary>
    public string Title => Scope.Length == 0 ? Operator.Name : $"{Operator.Name} of {Scope}";

    internal Value[] InputArray { get; }
}
