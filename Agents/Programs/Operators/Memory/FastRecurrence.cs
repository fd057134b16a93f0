using System.Collections.Immutable;
using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>
/// Whole sequences of a recurrent layer with fast weights, in the form of attention: instead of a matrix that each step changes, a step reads earlier outputs
/// (Ba et al. 2016, arXiv 1610.06258, section 3.2), and a matrix of what was before the last H steps or so.
/// </summary>
/// <remarks>
/// Inputs, with H units and S reads: what the layer is driven by <c>[T × B, H]</c>; its weight transposed <c>[H, H]</c>; gains and offsets of the S + 1
/// normalisations <c>[1, (S + 1) H]</c> each; keep <c>[T × B, 1]</c>; output and fast weights before the sequences, <c>[B, H]</c> and <c>[B, H²]</c>. Gives the
/// outputs <c>[T × B, H]</c>, and for its gradient what the normalisations gave, <c>[T × B, (S + 1) H]</c>, and the inverse deviations <c>[T × B, S + 1]</c>.
/// <para>
/// A v = η Σ λ^(t − τ) h_τ (h_τ · v) over the outputs of the episode. That is H numbers per output, where a matrix is H² numbers to change and to read in
/// each step, and to keep for the gradient. So outputs are summed one by one within a chunk of steps; the matrix is made once per chunk.
/// </para>
/// </remarks>
/// <param name="Decay">λ.</param>
/// <param name="Rate">η.</param>
/// <param name="Reads">S.</param>
/// <param name="Activation">Nonlinearity of outputs.</param>
internal sealed record FastRecurrence(float Decay, float Rate, int Reads, Activation Activation) : Operator, ITapped
{
    // A share of the rate so small that what it weighs is lost in rounding.
    private const float Forgotten = 1e-9f;

    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 7);
        int size = inputs[0].Columns;
        ReadOnlySpan<Shape> expected =
        [
            Shape.Of(RowSpace.Rows, size),
            Shape.Constant(size, size),
            Shape.Constant(1, (Reads + 1) * size),
            Shape.Constant(1, (Reads + 1) * size),
            Shape.Of(RowSpace.Rows, 1),
            Shape.Of(RowSpace.Sequences, size),
            Shape.Of(RowSpace.Sequences, size * size),
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            if (inputs[i] != expected[i])
            {
                throw new GraphException($"input {i} is {expected[i]}, and {inputs[i]} was given.");
            }
        }
        return [expected[0], Shape.Of(RowSpace.Rows, (Reads + 1) * size), Shape.Of(RowSpace.Rows, Reads + 1)];
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) => new FastScratch(rows, inputs[0].Columns).Forward;

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        int size = frame.InputShape(0).Columns;
        int batch = frame.Sequences;
        int steps = frame.TotalRows / batch;
        var history = new FastHistory(this, frame, steps, size);
        Span<float> before = history.Before;
        Span<float> driven = history.Sums;
        Span<float> outputs = frame.Output(0);
        for (int t = 0; t < steps; t++)
        {
            if (history.Begins(t))
            {
                history.BeginChunk(t);
            }
            history.BeforeStep(t, before);
            frame.Input(0).Slice(t * batch * size, batch * size).CopyTo(driven);
            MatrixProduct.Multiply(before, size, 1, frame.Input(1), [], driven, batch, size, size, true);
            for (int b = 0; b < batch; b++)
            {
                int row = t * batch + b;
                Span<float> output = outputs.Slice(row * size, size);
                Normalized(frame, row, 0, driven.Slice(b * size, size), output);
                for (int read = 1; read <= Reads; read++)
                {
                    driven.Slice(b * size, size).CopyTo(history.Sum);
                    history.AddReading(t, b, output, history.Sum);
                    Normalized(frame, row, read, history.Sum, output);
                }
                history.Append(t, b, output);
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        if (gradients[1] is not null || gradients[2] is not null)
        {
            throw new GraphException($"{node.Title}: gradients go through its outputs alone.");
        }
        ImmutableArray<Value> results = Gradients(node, gradients[0]!);
        Value driven = results[0];
        Value activated = results[1];
        Value units = node.Outputs[1];
        return
        [
            driven,
            Before(node).OuterSum(driven),
            (activated * units).SumRows(),
            activated.SumRows(),
            null,
            results[2],
            results[3],
        ];
    }

    /// <inheritdoc/>
    public ProductTap? Tap(Node node, Value gradient) =>
        node.Inputs[1].Node is { Operator: Transpose } transpose && transpose.Inputs[0].Node.Operator is Parameter weight
            ? new ProductTap(weight.Slot, Before(node), Gradients(node, gradient)[0])
            : null;

    /// <summary>Whether the share of an output is too small to be read.</summary>
    internal bool IsForgotten(float share) => share <= Rate * Forgotten;

    /// <summary>Nonlinearity of gain × unit + offset of a read.</summary>
    internal void Activate(in Frame frame, int read, ReadOnlySpan<float> unit, Span<float> output)
    {
        ReadOnlySpan<float> gain = frame.Input(2).Slice(read * unit.Length, unit.Length);
        ReadOnlySpan<float> offset = frame.Input(3).Slice(read * unit.Length, unit.Length);
        TensorPrimitives.MultiplyAdd(unit, gain, offset, output);
        switch (Activation)
        {
            case Activation.Tanh:
                Kernels.Elementwise.Tanh(output);
                break;
            case Activation.Relu:
                Kernels.Elementwise.Relu(output);
                break;
            default:
                throw new System.Runtime.CompilerServices.SwitchExpressionException(Activation);
        }
    }

    private void Normalized(in Frame frame, int row, int read, ReadOnlySpan<float> sum, Span<float> output)
    {
        int size = sum.Length;
        Span<float> unit = frame.Output(1).Slice((row * (Reads + 1) + read) * size, size);
        TensorPrimitives.Subtract(sum, TensorPrimitives.Sum(sum) / size, unit);
        float inverse = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(unit) / size + Normalize.Epsilon);
        TensorPrimitives.Multiply(unit, inverse, unit);
        frame.Output(2)[row * (Reads + 1) + read] = inverse;
        Activate(frame, read, unit, output);
    }

    private ImmutableArray<Value> Gradients(Node node, Value gradient) =>
        node.Graph.Apply(new FastRecurrenceGradient(this), [.. node.Inputs, .. node.Outputs, gradient]);

    // What each step read of the step before it.
    private static Value Before(Node node)
    {
        Value before = node.Graph.Previous(node.Inputs[0].Columns, node.Inputs[4], node.Inputs[5]);
        Graph.Close(before, node.Outputs[0]);
        return before;
    }
}
