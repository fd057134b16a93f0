using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>Log-probabilities of each row's logits, and the probabilities: <c>[N, C]</c> to <c>[N, C]</c> twice.</summary>
internal sealed record LogSoftmax : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return [inputs[0], inputs[0]];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> logProbs = frame.Output(0);
        Span<float> probabilities = frame.Output(1);
        int columns = frame.InputShape(0).Columns;
        if (x.Length >= Unary.Widest)
        {
            Kernels.LogSoftmax.Rows(x, logProbs, probabilities, columns);
            return;
        }
        // Further rows fill a register, so that a row alone gives the same bits as in a batch.
        int size = (Unary.Widest + columns - 1) / columns * columns;
        Span<float> wide = stackalloc float[6 * Unary.Widest];
        wide.Clear();
        Span<float> first = wide.Slice(size, size);
        Span<float> second = wide.Slice(2 * size, size);
        x.CopyTo(wide);
        Kernels.LogSoftmax.Rows(wide[..size], first, second, columns);
        first[..x.Length].CopyTo(logProbs);
        second[..x.Length].CopyTo(probabilities);
    }

    /// <remarks>With g the gradient of log p, to which p times the gradient of p is added: g − p Σ g.</remarks>
    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        Value probabilities = node.Outputs[1];
        Value gradient = (gradients[0], gradients[1]) switch
        {
            ({ } logProbs, null) => logProbs,
            (null, { } second) => second * probabilities,
            ({ } logProbs, { } second) => logProbs + second * probabilities,
            _ => throw new InvalidOperationException("No output has a gradient."),
        };
        return [gradient - probabilities * gradient.SumColumns()];
    }
}

/// <summary>log Σ exp of each row, without overflow: <c>[N, C]</c> to <c>[N, 1]</c>.</summary>
internal sealed record LogSumExp : Operator
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
            ReadOnlySpan<float> values = x.Slice(row * columns, columns);
            float max = TensorPrimitives.Max(values);
            double sum = 0;
            foreach (float value in values)
            {
                sum += MathF.Exp(value - max);
            }
            y[row] = float.IsFinite(max) ? max + (float)Math.Log(sum) : max;
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [node.Inputs[0].LogSoftmax().Probabilities * gradients[0]!];
}
