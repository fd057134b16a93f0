using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>Rows of one space at the places that rows of another (or the same) name: <c>[M, C]</c> and indices <c>[N, 1]</c> to <c>[N, C]</c>.</summary>
internal sealed record GatherRows : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RequireRows(inputs[0], "what is gathered");
        RequireRows(inputs[1], "the index");
        RequireColumns(inputs[1], 1, "the index");
        return [inputs[1] with { Columns = inputs[0].Columns }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        ReadOnlySpan<float> index = frame.Input(1);
        Span<float> y = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < index.Length; row++)
        {
            x.Slice(Index.Of(index[row], x.Length / columns) * columns, columns).CopyTo(y[(row * columns)..]);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [gradients[0]!.SegmentSum(node.Inputs[1], node.Inputs[0].Shape.Space!), null];
}

/// <summary>Adds rows of one space to the rows of another (or the same) that they name: <c>[N, C]</c> and indices <c>[N, 1]</c> to <c>[M, C]</c>.</summary>
/// <param name="Space">Whose rows are summed to.</param>
internal sealed record SegmentSum(RowSpace Space) : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RequireRows(inputs[0], "what is summed");
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        RequireColumns(inputs[1], 1, "the index");
        return [Shape.Of(Space, inputs[0].Columns)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        ReadOnlySpan<float> index = frame.Input(1);
        Span<float> y = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        y.Clear();
        for (int row = 0; row < index.Length; row++)
        {
            Span<float> sum = y.Slice(Index.Of(index[row], y.Length / columns) * columns, columns);
            TensorPrimitives.Add(sum, x.Slice(row * columns, columns), sum);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [gradients[0]!.GatherRows(node.Inputs[1]), null];
}
