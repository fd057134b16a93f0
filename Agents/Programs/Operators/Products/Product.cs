using System.Collections.Immutable;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>y = a b + c: rows (or a constant matrix) <c>[N, K]</c> times a constant <c>[K, M]</c>; c, where there is a third value, is a bias <c>[1, M]</c>, or rows <c>[N, M]</c> that the product is added to.</summary>
internal sealed record Product : Operator, ITapped
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, inputs.Length == 3 ? 3 : 2);
        RequireConstant(inputs[1], "the second factor");
        if (inputs[0].Columns != inputs[1].Rows)
        {
            throw new GraphException($"{inputs[0]} times {inputs[1]}: the columns of the first are not the rows of the second.");
        }
        Shape product = inputs[0] with { Columns = inputs[1].Columns };
        if (!AddsRows(inputs, product))
        {
            RequireBias(inputs, inputs[1].Columns);
        }
        return [product];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        (int inner, int columns) = (frame.InputShape(1).Rows, frame.InputShape(1).Columns);
        ReadOnlySpan<float> bias = frame.InputCount == 3 ? frame.Input(2) : [];
        ReadOnlySpan<float> a = frame.Input(0);
        bool adds = frame.InputCount == 3 && !frame.OutputShape(0).IsConstant && !frame.InputShape(2).IsConstant;
        if (adds)
        {
            bias.CopyTo(frame.Output(0));
            bias = [];
        }
        MatrixProduct.Multiply(
            a,
            inner,
            1,
            frame.Input(1),
            bias,
            frame.Output(0),
            a.Length / inner,
            columns,
            inner,
            accumulate: adds
        );
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value a, Value b, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        Value first = gradient.Times(b.Transpose());
        Value second = a.OuterSum(gradient);
        return node.Inputs.Length == 2 ? [first, second]
            : AddsRows([node.Inputs[0].Shape, node.Inputs[1].Shape, node.Inputs[2].Shape], node.Outputs[0].Shape)
                ? [first, second, gradient]
            : [first, second, gradient.SumRows()];
    }

    /// <inheritdoc/>
    public ProductTap? Tap(Node node, Value gradient) =>
        node.Inputs[1].Node is { Operator: Transpose } transpose && transpose.Inputs[0].Node.Operator is Parameter weight
            ? new ProductTap(weight.Slot, node.Inputs[0], gradient)
            : null;

    private static bool AddsRows(ReadOnlySpan<Shape> inputs, Shape product) =>
        inputs.Length == 3 && !product.IsConstant && inputs[2] == product;

    internal static void RequireBias(ReadOnlySpan<Shape> inputs, int columns)
    {
        if (inputs.Length == 3 && inputs[2] != Shape.Constant(1, columns))
        {
            throw new GraphException($"the bias of {columns} columns is a constant [1, {columns}], and {inputs[2]} was given.");
        }
    }
}

/// <summary>
/// y = a bᵀ + bias: rows <c>[N, K]</c> times a constant <c>[M, K]</c>, one dot product per number: for the few columns that would fill no register.
/// </summary>
internal sealed record ProductOfRows : Operator, ITapped
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 3);
        RequireConstant(inputs[1], "the second factor");
        if (inputs[0].Columns != inputs[1].Columns)
        {
            throw new GraphException($"rows of {inputs[0]} and of {inputs[1]} have different lengths.");
        }
        Product.RequireBias(inputs, inputs[1].Rows);
        return [inputs[0] with { Columns = inputs[1].Rows }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> a = frame.Input(0);
        DotProducts.Multiply(a, frame.Input(1), frame.Input(2), frame.Output(0), a.Length / frame.InputShape(0).Columns);
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value a, Value b, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        return [gradient.Times(b), gradient.OuterSum(a), gradient.SumRows()];
    }

    /// <inheritdoc/>
    public ProductTap? Tap(Node node, Value gradient) =>
        node.Inputs[1].Node.Operator is Parameter weight ? new ProductTap(weight.Slot, node.Inputs[0], gradient) : null;
}
