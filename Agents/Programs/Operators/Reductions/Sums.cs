using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Agents.Programs;

/// <summary>The sum of all rows, <c>[N, C]</c> to a constant <c>[1, C]</c>. A single column adds up in double precision: it is a loss.</summary>
internal sealed record SumRows : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Reduction;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return [Shape.Constant(1, inputs[0].Columns)];
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) => inputs[0].Columns == 1 ? 2 : 0;

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> sum = frame.Output(0);
        if (sum.Length > 1)
        {
            Kernels.Elementwise.AddColumnSums(x, sum);
            return;
        }
        // Scratch memory of a reduction stays its own, and holds the sum so far from the second block on.
        ref double total = ref MemoryMarshal.Cast<float, double>(frame.Scratch)[0];
        total = frame.First == 0 ? 0 : total;
        foreach (float value in x)
        {
            total += value;
        }
        sum[0] = (float)total;
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [gradients[0]!.BroadcastTo(node.Inputs[0].Shape)];
}

/// <summary>The sum of each row, <c>[N, C]</c> to <c>[N, 1]</c>.</summary>
internal sealed record SumColumns : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return [inputs[0] with { Columns = 1 }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < y.Length; row++)
        {
            y[row] = Kernels.Arithmetic.Sum(x.Slice(row * columns, columns));
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [gradients[0]!.BroadcastColumns(node.Inputs[0].Columns)];
}

/// <summary>The greatest number of each row, <c>[N, C]</c> to <c>[N, 1]</c>. Where several are equal each of them gets the whole gradient.</summary>
internal sealed record MaximumOfColumns : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return [inputs[0] with { Columns = 1 }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < y.Length; row++)
        {
            y[row] = TensorPrimitives.Max(x.Slice(row * columns, columns));
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        Value x = node.Inputs[0];
        return [gradients[0]!.BroadcastColumns(x.Columns).Where(x.IsAtLeast(node.Outputs[0]))];
    }
}

/// <summary>A constant row <c>[1, C]</c> for every row of a space, or for a constant number of rows.</summary>
/// <param name="Space">The space; null for a constant number.</param>
/// <param name="Rows">Rows where there is no space.</param>
internal sealed record BroadcastRows(RowSpace? Space, int Rows) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        RequireConstant(inputs[0], "what is repeated");
        return inputs[0].Rows == 1
            ? [new Shape(Space, Rows, inputs[0].Columns)]
            : throw new GraphException($"repeats a single row, and {inputs[0]} was given.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        if (x.Length == 1)
        {
            y.Fill(x[0]);
            return;
        }
        for (int start = 0; start < y.Length; start += x.Length)
        {
            x.CopyTo(y[start..]);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [gradients[0]!.SumRows()];
}

/// <summary>One number of each row for every column, <c>[N, 1]</c> to <c>[N, C]</c>.</summary>
/// <param name="Columns">C.</param>
internal sealed record BroadcastColumns(int Columns) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        RequireColumns(inputs[0], 1, "what is repeated");
        return [inputs[0] with { Columns = Columns }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        for (int row = 0; row < x.Length; row++)
        {
            y.Slice(row * Columns, Columns).Fill(x[row]);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [gradients[0]!.SumColumns()];
}
