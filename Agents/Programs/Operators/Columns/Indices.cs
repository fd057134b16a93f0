using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>The number of each row at the column that a second value names: <c>[N, C]</c> and indices <c>[N, 1]</c> to <c>[N, 1]</c>.</summary>
/// <remarks>Indices are whole float32 numbers, exact to 2^24. An index outside of the columns is an error of the caller.</remarks>
internal sealed record Pick : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        RequireColumns(inputs[1], 1, "the index");
        return [inputs[1]];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        ReadOnlySpan<float> index = frame.Input(1);
        Span<float> y = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < y.Length; row++)
        {
            y[row] = x[row * columns + Index.Of(index[row], columns)];
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [gradients[0]!.Unpick(node.Inputs[1], node.Inputs[0].Columns), null];
}

/// <summary>A row that is 0 but for the column that an index names: <c>[N, 1]</c> and indices <c>[N, 1]</c> to <c>[N, C]</c>.</summary>
/// <param name="Columns">C.</param>
internal sealed record Unpick(int Columns) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        RequireColumns(inputs[0], 1, "the number");
        RequireColumns(inputs[1], 1, "the index");
        return [inputs[0] with { Columns = Columns }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        ReadOnlySpan<float> index = frame.Input(1);
        Span<float> y = frame.Output(0);
        y.Clear();
        for (int row = 0; row < x.Length; row++)
        {
            y[row * Columns + Index.Of(index[row], Columns)] = x[row];
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [gradients[0]!.Pick(node.Inputs[1]), null];
}

/// <summary>The row of a constant table that an index names: <c>[V, C]</c> and indices <c>[N, 1]</c> to <c>[N, C]</c>.</summary>
internal sealed record Embed : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RequireConstant(inputs[0], "the table");
        RequireColumns(inputs[1], 1, "the index");
        return [inputs[1] with { Columns = inputs[0].Columns }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> table = frame.Input(0);
        ReadOnlySpan<float> index = frame.Input(1);
        Span<float> y = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < index.Length; row++)
        {
            table.Slice(Index.Of(index[row], table.Length / columns) * columns, columns).CopyTo(y[(row * columns)..]);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [gradients[0]!.EmbedSum(node.Inputs[1], node.Inputs[0].Shape.Rows), null];
}

/// <summary>Adds each row to the row of a constant table that an index names: <c>[N, C]</c> and indices <c>[N, 1]</c> to <c>[V, C]</c>.</summary>
/// <param name="Rows">V.</param>
internal sealed record EmbedSum(int Rows) : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Reduction;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        RequireColumns(inputs[1], 1, "the index");
        return [Shape.Constant(Rows, inputs[0].Columns)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        ReadOnlySpan<float> index = frame.Input(1);
        Span<float> table = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < index.Length; row++)
        {
            Span<float> sum = table.Slice(Index.Of(index[row], Rows) * columns, columns);
            TensorPrimitives.Add(sum, x.Slice(row * columns, columns), sum);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [gradients[0]!.Embed(node.Inputs[1]), null];
}
