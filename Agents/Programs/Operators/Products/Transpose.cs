using System.Collections.Immutable;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>Rows of a constant become columns, <c>[R, C]</c> to <c>[C, R]</c>; or those of each of several matrices that stand one below the other.</summary>
/// <param name="Matrices">How many, K: <c>[K R, C]</c> becomes <c>[K C, R]</c>.</param>
internal sealed record Transpose(int Matrices = 1) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        RequireConstant(inputs[0], "what is transposed");
        return inputs[0].Rows % Matrices == 0
            ? [Shape.Constant(inputs[0].Columns * Matrices, inputs[0].Rows / Matrices)]
            : throw new GraphException($"{inputs[0]} is not {Matrices} matrices of one size.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        (int rows, int columns) = (frame.InputShape(0).Rows / Matrices, frame.InputShape(0).Columns);
        int size = rows * columns;
        for (int first = 0; first < frame.Input(0).Length; first += size)
        {
            Transposition.Copy(frame.Input(0).Slice(first, size), frame.Output(0).Slice(first, size), rows, columns);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [gradients[0]!.Transpose(Matrices)];
}
