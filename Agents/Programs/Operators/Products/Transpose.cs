using System.Collections.Immutable;
using Agents.Kernels;
using Agents.Programs.Execution;

namespace Agents.Programs.Operators.Products;

/// <summary>Rows of a constant become columns: <c>[R, C]</c> to <c>[C, R]</c>.</summary>
internal sealed record Transpose : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        RequireConstant(inputs[0], "what is transposed");
        return [Shape.Constant(inputs[0].Columns, inputs[0].Rows)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame) =>
        Transposition.Copy(frame.Input(0), frame.Output(0), frame.InputShape(0).Rows, frame.InputShape(0).Columns);

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [gradients[0]!.Transpose()];
}
