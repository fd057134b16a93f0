using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>What a node computes. Immutable and without state; equal operators of equal inputs are one node.</summary>
/// <remarks>
/// Forms for tensor libraries and for export live in tables keyed by the operator's type, so that this assembly loads neither.
/// <para>
/// Operators are in the namespace of graphs and values, whatever folder below <c>Programs/Operators</c> they are in: values are made by operators, and the
/// gradients of operators are values, so that neither can be read without the other. The folders are for browsing. Everywhere else a namespace is a folder.
/// </para>
/// </remarks>
internal abstract record Operator
{
    /// <summary>Name in errors.</summary>
    public string Name => GetType().Name;

    /// <summary>Which rows it reads. Whatever reads constants only runs once.</summary>
    public virtual RowAccess Access => RowAccess.EachRow;

    /// <summary>The shapes of its outputs.</summary>
    /// <exception cref="GraphException">The inputs do not go together; the caller adds who asked.</exception>
    public abstract ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs);

    /// <summary>Floats of scratch memory that one run needs; what they hold is unknown.</summary>
    /// <param name="inputs">Shapes of the inputs.</param>
    /// <param name="rows">Most rows of one run.</param>
    public virtual int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) => 0;

    /// <summary>Computes the outputs of some rows; a reduction adds to them. Allocates nothing.</summary>
    public abstract void Run(in Frame frame);

    /// <summary>The gradients of its inputs; null where there is none.</summary>
    /// <param name="node">The node in question.</param>
    /// <param name="gradients">Gradients of its outputs, of the same shapes; null for 0. At least one is there.</param>
    public abstract Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients);

    /// <summary>Throws where the number of inputs is another one.</summary>
    protected static void RequireInputs(ReadOnlySpan<Shape> inputs, int count)
    {
        if (inputs.Length != count)
        {
            throw new GraphException($"takes {count} values, and {inputs.Length} were given.");
        }
    }

    /// <summary>Throws where a value has other columns.</summary>
    protected static void RequireColumns(Shape shape, int columns, string what)
    {
        if (shape.Columns != columns)
        {
            throw new GraphException($"{what} needs {columns} columns, and {shape} was given.");
        }
    }

    /// <summary>Throws where a value does not have a row per row of a space.</summary>
    protected static RowSpace RequireRows(Shape shape, string what) =>
        shape.Space ?? throw new GraphException($"{what} needs rows of a row space, and the constant {shape} was given.");

    /// <summary>Throws where a value is not of constant size.</summary>
    protected static void RequireConstant(Shape shape, string what)
    {
        if (!shape.IsConstant)
        {
            throw new GraphException($"{what} needs a value of constant size, and {shape} was given.");
        }
    }
}
