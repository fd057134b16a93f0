using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>A matrix of each row, <c>[A, B]</c> row-major in A × B columns, as the outer product of two rows: y_ij = a_i b_j.</summary>
internal sealed record RowOuter : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        return [inputs[0] with { Columns = inputs[0].Columns * inputs[1].Columns }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> a = frame.Input(0);
        ReadOnlySpan<float> b = frame.Input(1);
        Span<float> y = frame.Output(0);
        (int rows, int columns) = (frame.InputShape(0).Columns, frame.InputShape(1).Columns);
        for (int i = 0; i < a.Length; i++)
        {
            TensorPrimitives.Multiply(b.Slice(i / rows * columns, columns), a[i], y.Slice(i * columns, columns));
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value a, Value b, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        return [gradient.RowTimesVector(b), a.RowVectorTimes(gradient)];
    }
}

/// <summary>The matrix <c>[A, B]</c> of each row times a vector of that row: y_i = Σ_j m_ij v_j.</summary>
internal sealed record RowTimesVector : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        return [inputs[0] with { Columns = RowShapes.Other(inputs[0], inputs[1].Columns) }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> m = frame.Input(0);
        ReadOnlySpan<float> v = frame.Input(1);
        Span<float> y = frame.Output(0);
        (int rows, int columns) = (frame.OutputShape(0).Columns, frame.InputShape(1).Columns);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = TensorPrimitives.Dot(m.Slice(i * columns, columns), v.Slice(i / rows * columns, columns));
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value m, Value v, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        return [gradient.RowOuter(v), gradient.RowVectorTimes(m)];
    }
}

/// <summary>A vector of each row times the matrix <c>[A, B]</c> of that row: y_j = Σ_i v_i m_ij.</summary>
internal sealed record RowVectorTimes : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        return [inputs[0] with { Columns = RowShapes.Other(inputs[1], inputs[0].Columns) }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> v = frame.Input(0);
        ReadOnlySpan<float> m = frame.Input(1);
        Span<float> y = frame.Output(0);
        (int rows, int columns) = (frame.InputShape(0).Columns, frame.OutputShape(0).Columns);
        y.Clear();
        for (int i = 0; i < v.Length; i++)
        {
            Span<float> sum = y.Slice(i / rows * columns, columns);
            TensorPrimitives.MultiplyAdd(m.Slice(i * columns, columns), v[i], sum, sum);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value v, Value m, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        return [m.RowTimesVector(gradient), v.RowOuter(gradient)];
    }
}

/// <summary>The product of two matrices of each row, <c>[A, B]</c> and <c>[B, C]</c>.</summary>
/// <param name="Inner">B.</param>
internal sealed record RowProduct(int Inner) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        return [inputs[0] with { Columns = RowShapes.Other(inputs[0], Inner) * RowShapes.Other(inputs[1], Inner) }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> a = frame.Input(0);
        ReadOnlySpan<float> b = frame.Input(1);
        Span<float> y = frame.Output(0);
        int rows = frame.InputShape(0).Columns / Inner;
        int columns = frame.InputShape(1).Columns / Inner;
        y.Clear();
        for (int i = 0; i < a.Length; i++)
        {
            int row = i / (rows * Inner);
            int k = i % Inner;
            Span<float> sum = y.Slice(i / Inner * columns, columns);
            TensorPrimitives.MultiplyAdd(b.Slice((row * Inner + k) * columns, columns), a[i], sum, sum);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value a, Value b, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        (int rows, int columns) = (a.Columns / Inner, b.Columns / Inner);
        return [gradient.RowProduct(b.RowTranspose(Inner), columns), a.RowTranspose(rows).RowProduct(gradient, rows)];
    }
}

/// <summary>What operators on matrices of rows ask of shapes.</summary>
internal static class RowShapes
{
    /// <summary>Throws where two values have different rows.</summary>
    public static void RequireSameRows(Shape first, Shape second)
    {
        if (first.Space != second.Space || first.Rows != second.Rows)
        {
            throw new GraphException($"{first} and {second} have different rows.");
        }
    }

    /// <summary>The other dimension of a matrix that lies in the columns of a value.</summary>
    public static int Other(Shape matrix, int dimension) =>
        dimension > 0 && matrix.Columns % dimension == 0
            ? matrix.Columns / dimension
            : throw new GraphException(
                $"the {matrix.Columns} columns of {matrix} are no matrix with a dimension of {dimension}."
            );
}
