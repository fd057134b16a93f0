using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>y = a bᵀ of two constants, <c>[P, K]</c> and <c>[M, K]</c>, one dot product per number: <c>[P, M]</c>.</summary>
internal sealed record RowDots : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RequireConstant(inputs[0], "the first factor");
        RequireConstant(inputs[1], "the second factor");
        return inputs[0].Columns == inputs[1].Columns
            ? [Shape.Constant(inputs[0].Rows, inputs[1].Rows)]
            : throw new GraphException($"rows of {inputs[0]} and of {inputs[1]} have different lengths.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> a = frame.Input(0);
        ReadOnlySpan<float> b = frame.Input(1);
        Span<float> y = frame.Output(0);
        int size = frame.InputShape(0).Columns;
        int columns = frame.InputShape(1).Rows;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = TensorPrimitives.Dot(a.Slice(i / columns * size, size), b.Slice(i % columns * size, size));
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [gradients[0]!.Times(node.Inputs[1]), gradients[0]!.Transpose().Times(node.Inputs[0])];
}
