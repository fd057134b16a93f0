using System.Collections.Immutable;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>y = Σ_n a_n b_nᵀ = aᵀ b: <c>[N, A]</c> and <c>[N, B]</c> to a constant <c>[A, B]</c>. The gradient of a weight.</summary>
internal sealed record OuterSum : Operator
{
    // Shorter rows than this fill no register, so the transpose is computed where that has longer ones.
    private const int FewColumns = 16;

    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Reduction;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        if (inputs[0].Space != inputs[1].Space || inputs[0].Rows != inputs[1].Rows)
        {
            throw new GraphException($"{inputs[0]} and {inputs[1]} have different rows.");
        }
        return [Shape.Constant(inputs[0].Columns, inputs[1].Columns)];
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) =>
        IsTransposed(inputs[0].Columns, inputs[1].Columns) ? inputs[0].Columns * inputs[1].Columns : 0;

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        (int rows, int columns) = (frame.InputShape(0).Columns, frame.InputShape(1).Columns);
        ReadOnlySpan<float> a = frame.Input(0);
        ReadOnlySpan<float> b = frame.Input(1);
        int count = a.Length / rows;
        if (IsTransposed(rows, columns))
        {
            Span<float> transposed = frame.Scratch;
            MatrixProduct.Multiply(b, 1, columns, a, [], transposed, columns, rows, count, accumulate: false);
            Transposition.Add(transposed, frame.Output(0), columns, rows);
            return;
        }
        MatrixProduct.Multiply(a, 1, rows, b, [], frame.Output(0), rows, columns, count, accumulate: true);
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value a, Value b, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        return [b.Times(gradient.Transpose()), a.Times(gradient)];
    }

    private static bool IsTransposed(int rows, int columns) => columns < FewColumns && rows > columns;
}

/// <summary>y = Σ_n b_n a_nᵀ for rows a that are mostly 0: <c>[N, A]</c> and <c>[N, B]</c> to a constant <c>[B, A]</c>.</summary>
internal sealed record SparseOuterSum : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Reduction;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        return [Shape.Constant(inputs[1].Columns, inputs[0].Columns)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        (int inputs, int outputs) = (frame.InputShape(0).Columns, frame.InputShape(1).Columns);
        ReadOnlySpan<float> a = frame.Input(0);
        ReadOnlySpan<float> b = frame.Input(1);
        Span<float> sum = frame.Output(0);
        for (int row = 0; row * inputs < a.Length; row++)
        {
            SparseProduct.AddOuter(a.Slice(row * inputs, inputs), b.Slice(row * outputs, outputs), sum);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value a, Value b, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        return [b.Times(gradient), a.Times(gradient.Transpose())];
    }
}

/// <summary>y = Σ_n x_n x_nᵀ: <c>[N, C]</c> to a constant <c>[C, C]</c>, for half of the work of <see cref="OuterSum"/>.</summary>
internal sealed record Gram : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Reduction;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return [Shape.Constant(inputs[0].Columns, inputs[0].Columns)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> sum = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        MatrixProduct.AddGram(x, sum, columns, x.Length / columns);
        Transposition.MirrorUpper(sum, columns);
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        Value gradient = gradients[0]!;
        return [node.Inputs[0].Times(gradient + gradient.Transpose())];
    }
}
