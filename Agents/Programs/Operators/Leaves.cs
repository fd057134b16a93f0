using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>A value that comes from outside of the graph: it has a place, and is not computed.</summary>
internal abstract record Leaf : Operator
{
    /// <summary>Rows and columns.</summary>
    public abstract Shape Shape { get; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs) => [Shape];

    /// <inheritdoc/>
    public sealed override void Run(in Frame frame) => throw new InvalidOperationException($"{Name} is not computed.");

    /// <inheritdoc/>
    public sealed override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [];
}

/// <summary>Rows that the caller binds before a run.</summary>
/// <param name="Title">Name in errors; unique in its graph.</param>
/// <param name="Space">What rows stand for.</param>
/// <param name="Columns">Numbers of a row.</param>
internal sealed record Input(string Title, RowSpace Space, int Columns) : Leaf
{
    /// <inheritdoc/>
    public override Shape Shape => Shape.Of(Space, Columns);
}

/// <summary>Numbers of constant size that the caller binds before a run, such as parameters of another network.</summary>
/// <param name="Title">Name in errors; unique in its graph.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Numbers of a row.</param>
internal sealed record Given(string Title, int Rows, int Columns) : Leaf
{
    /// <inheritdoc/>
    public override Shape Shape => Shape.Constant(Rows, Columns);
}

/// <summary>Rows of state that a run advances: the caller's own memory, which a <see cref="StateUpdate"/> changes where it lies.</summary>
/// <param name="Columns">Numbers of a row.</param>
internal sealed record State(int Columns) : Leaf
{
    /// <inheritdoc/>
    public override Shape Shape => Shape.Of(RowSpace.Rows, Columns);
}

/// <summary>What leaves have in common that a caller binds.</summary>
internal static class BoundLeaves
{
    /// <summary>The title of a bound leaf.</summary>
    public static string BoundTitle(this Operator leaf) =>
        leaf switch
        {
            Input input => input.Title,
            Given given => given.Title,
            _ => throw new ArgumentException($"{leaf.Name} is not bound.", nameof(leaf)),
        };
}

/// <summary>One number that the caller may set before each run, such as the step of a schedule.</summary>
/// <param name="Title">Name in errors; unique in its graph.</param>
internal sealed record Scalar(string Title) : Leaf
{
    /// <inheritdoc/>
    public override Shape Shape => Shape.Constant(1, 1);
}

/// <summary>1 / N for the N rows of a space in this run.</summary>
/// <param name="Space">The space.</param>
internal sealed record InverseCount(RowSpace Space) : Leaf
{
    /// <inheritdoc/>
    public override Shape Shape => Shape.Constant(1, 1);
}

/// <summary>A named array of the flat parameter buffer: <c>[first dimension, all others]</c>, or <c>[1, count]</c> for a vector.</summary>
/// <param name="Slot">Where it lies.</param>
internal sealed record Parameter(ParameterSlot Slot) : Leaf
{
    /// <inheritdoc/>
    public override Shape Shape =>
        Slot.Shape.Length == 1 ? Shape.Constant(1, Slot.Size) : Shape.Constant(Slot.Shape[0], Slot.Size / Slot.Shape[0]);

    /// <summary>Slots of one name are one parameter.</summary>
    public bool Equals(Parameter? other) => other is not null && Slot.Name == other.Slot.Name && Slot.Offset == other.Slot.Offset;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Slot.Name, Slot.Offset);
}

/// <summary>Numbers that never change.</summary>
/// <param name="Numbers"><c>[Rows, Columns]</c>.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
internal sealed record Constant(ImmutableArray<float> Numbers, int Rows, int Columns) : Leaf
{
    /// <inheritdoc/>
    public override Shape Shape => Shape.Constant(Rows, Columns);

    /// <summary>Equal numbers are one constant.</summary>
    public bool Equals(Constant? other) =>
        other is not null
        && Rows == other.Rows
        && Columns == other.Columns
        && System
            .Runtime.InteropServices.MemoryMarshal.AsBytes(Numbers.AsSpan())
            .SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(other.Numbers.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Rows);
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Numbers.AsSpan()));
        return hash.ToHashCode();
    }
}
