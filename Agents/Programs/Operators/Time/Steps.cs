using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>Which step of all sequences.</summary>
internal enum StepPlace
{
    /// <summary>Step 0.</summary>
    First,

    /// <summary>Step T − 1.</summary>
    Last,
}

/// <summary>Where steps lie.</summary>
internal static class StepPlaces
{
    /// <summary>First float of a step within all of them.</summary>
    /// <param name="place">Which step.</param>
    /// <param name="step">Floats of a step.</param>
    /// <param name="all">Floats of all steps.</param>
    public static int StartOf(this StepPlace place, int step, int all) =>
        place switch
        {
            StepPlace.First => 0,
            StepPlace.Last => all - step,
        };
}

/// <summary>The rows of one step, <c>[T × B, C]</c> to <c>[B, C]</c> of sequences.</summary>
/// <param name="Place">Which step.</param>
internal sealed record AtStep(StepPlace Place) : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return inputs[0].Space == RowSpace.Rows
            ? [Shape.Of(RowSpace.Sequences, inputs[0].Columns)]
            : throw new GraphException($"steps belong to {RowSpace.Rows.Name}, and {inputs[0]} was given.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        x.Slice(Place.StartOf(y.Length, x.Length), y.Length).CopyTo(y);
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [node.Graph.Apply(new FromStep(Place), gradients[0]!)[0]];
}

/// <summary>Rows that are 0 but for one step of all sequences, <c>[B, C]</c> of sequences to <c>[T × B, C]</c>.</summary>
/// <param name="Place">Which step.</param>
internal sealed record FromStep(StepPlace Place) : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return inputs[0].Space == RowSpace.Sequences
            ? [Shape.Of(RowSpace.Rows, inputs[0].Columns)]
            : throw new GraphException($"a step has a row per sequence, and {inputs[0]} was given.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        y.Clear();
        x.CopyTo(y[Place.StartOf(x.Length, y.Length)..]);
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [gradients[0]!.AtStep(Place)];
}
