using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>Each row with its mean taken off, divided by its deviation: y = (x − mean) r, r = 1 / √(variance + 1e-5). Gives y and r <c>[N, 1]</c>.</summary>
/// <remarks>Layer normalisation without gain and bias (Ba, Kiros and Hinton 2016).</remarks>
internal sealed record Normalize : Operator
{
    /// <summary>What is added to the variance.</summary>
    public const float Epsilon = 1e-5f;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return [inputs[0], inputs[0] with { Columns = 1 }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        Span<float> inverse = frame.Output(1);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < inverse.Length; row++)
        {
            ReadOnlySpan<float> values = x.Slice(row * columns, columns);
            Span<float> centred = y.Slice(row * columns, columns);
            TensorPrimitives.Subtract(values, TensorPrimitives.Sum(values) / columns, centred);
            inverse[row] = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(centred) / columns + Epsilon);
            TensorPrimitives.Multiply(centred, inverse[row], centred);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value y, Value inverse) = (node.Outputs[0], node.Outputs[1]);
        Value? first = gradients[0] is { } gradient ? node.Graph.Apply(new NormalizeGradient(), gradient, y, inverse)[0] : null;
        // ∂r / ∂x = −r² y / C
        Value? second = gradients[1] is { } ofInverse ? y * (ofInverse * inverse.Square()) * (-1f / y.Columns) : null;
        return
        [
            first is null ? second
            : second is null ? first
            : first + second,
        ];
    }
}

/// <summary>r (g − mean g − y mean(g y)): what comes through <see cref="Normalize"/> from the gradient g of y; r <c>[N, 1]</c>.</summary>
internal sealed record NormalizeGradient : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 3);
        return inputs[0] == inputs[1] && inputs[2] == inputs[0] with { Columns = 1 }
            ? [inputs[0]]
            : throw new GraphException($"{inputs[0]}, {inputs[1]} and {inputs[2]} do not go together.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> g = frame.Input(0);
        ReadOnlySpan<float> y = frame.Input(1);
        ReadOnlySpan<float> inverse = frame.Input(2);
        Span<float> x = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row < inverse.Length; row++)
        {
            ReadOnlySpan<float> gradient = g.Slice(row * columns, columns);
            ReadOnlySpan<float> unit = y.Slice(row * columns, columns);
            Span<float> result = x.Slice(row * columns, columns);
            float mean = TensorPrimitives.Sum(gradient) / columns;
            float slope = TensorPrimitives.Dot(gradient, unit) / columns;
            for (int j = 0; j < columns; j++)
            {
                result[j] = inverse[row] * (gradient[j] - mean - unit[j] * slope);
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value g, Value y, Value inverse, Value u) = (node.Inputs[0], node.Inputs[1], node.Inputs[2], gradients[0]!);
        float share = 1f / g.Columns;
        Value slope = (g * y).SumColumns() * share;
        Value scaled = u * inverse;
        Value ofSlope = (scaled * y).SumColumns() * share;
        Value ofInverse = (u * (g - (g.SumColumns() * share).BroadcastColumns(g.Columns) - y * slope)).SumColumns();
        // The operator is its own adjoint in g.
        return [node.Graph.Apply(this, u, y, inverse)[0], (scaled * slope + g * ofSlope) * -1, ofInverse];
    }
}
