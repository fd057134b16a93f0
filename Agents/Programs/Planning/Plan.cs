using System.Collections.Immutable;
using Agents.Programs.Differentiation;

namespace Agents.Programs.Planning;

/// <summary>A graph with an order and with places for all of its values: what executors run. Immutable; any number of programs share it.</summary>
internal sealed record Plan
{
    internal Plan() { }

    /// <summary>The graph.</summary>
    public required Graph Graph { get; init; }

    /// <summary>What is read after a run.</summary>
    public required ImmutableArray<Value> Outputs { get; init; }

    /// <summary>What belongs into the flat gradient, in its order.</summary>
    public required ImmutableArray<Sink> Sinks { get; init; }

    /// <summary>How large it may become.</summary>
    public required PlanOptions Options { get; init; }

    /// <summary>What runs when parameters change.</summary>
    public required Segment Refresh { get; init; }

    /// <summary>What runs in each run, in order.</summary>
    public required ImmutableArray<Segment> Segments { get; init; }

    /// <summary>All row spaces; the first is that of the batch, the second that of sequences.</summary>
    public required ImmutableArray<RowSpace> Spaces { get; init; }

    /// <summary>Most rows of each space.</summary>
    public required ImmutableArray<int> MaxRows { get; init; }

    /// <summary>Where every value lies.</summary>
    public required IReadOnlyDictionary<Value, Slot> Slots { get; init; }

    /// <summary>Inputs, in the order of their sources.</summary>
    public required ImmutableArray<Value> Inputs { get; init; }

    /// <summary>Floats of a program's memory.</summary>
    public required int ArenaSize { get; init; }

    /// <summary>Floats of that memory that outlive runs: constants, scalars, and what depends on parameters alone.</summary>
    public required int LastingSize { get; init; }

    /// <summary>Plans a graph.</summary>
    /// <param name="graph">The graph; what outputs and gradients do not depend on is left out.</param>
    /// <param name="outputs">What is read after a run.</param>
    /// <param name="gradients">Gradients of parameters, which go into the flat gradient; null for none.</param>
    /// <param name="options">How large it may become.</param>
    /// <exception cref="GraphException">The graph cannot run in any order.</exception>
    public static Plan Compile(Graph graph, ReadOnlySpan<Value> outputs, Gradients? gradients, PlanOptions options) =>
        new Planner(graph, [.. outputs], gradients, options).Compile();
}
