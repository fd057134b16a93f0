using System.Collections.Immutable;
using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>
/// The gradients of <see cref="FastRecurrence"/>, of its inputs, its outputs and the gradient g of the first one: of what the layer is driven by; of each
/// normalisation with gain and offset, before the nonlinearity; of the output and of the fast weights before the sequences.
/// </summary>
/// <remarks>It has no gradient of its own.</remarks>
/// <param name="Recurrence">The layer.</param>
internal sealed record FastRecurrenceGradient(FastRecurrence Recurrence) : Operator
{
    private const int Units = 8;
    private const int Inverse = 9;
    private const int Gradient = 10;

    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 11);
        RequireColumns(inputs[Units], (Recurrence.Reads + 1) * inputs[0].Columns, "the normalised rows");
        RequireColumns(inputs[Gradient], inputs[0].Columns, "the gradient of the outputs");
        return [inputs[0], inputs[Units], inputs[5], inputs[6]];
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) =>
        new FastScratch(rows, inputs[0].Columns).Backward(Recurrence.Reads);

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        int size = frame.InputShape(0).Columns;
        int batch = frame.Sequences;
        int steps = frame.TotalRows / batch;
        var scratch = new FastScratch(steps * batch, size);
        var history = new FastHistory(Recurrence, frame, steps, size);
        Span<float> gradients = frame.Scratch.Slice(scratch.Gradients, (steps + 1) * batch * size); // of the history's rows
        gradients.Clear();
        frame.Output(3).Clear();
        Span<float> weight = frame.Scratch.Slice(scratch.Weight, size * size);
        Transposition.Copy(frame.Input(1), weight, size, size);
        for (int row = 0; row < steps * batch; row++)
        {
            history.Append(row / batch, row % batch, frame.Input(7).Slice(row * size, size));
        }
        for (int t = 1; t < steps; t++)
        {
            if (history.Begins(t))
            {
                history.BeginChunk(t);
            }
        }
        for (int t = steps - 1; t >= 0; t--)
        {
            for (int b = 0; b < batch; b++)
            {
                BackThroughStep(frame, scratch, history, gradients.Slice(b * (steps + 1) * size, (steps + 1) * size), t, b);
            }
            ReadOnlySpan<float> driven = frame.Output(0).Slice(t * batch * size, batch * size);
            MatrixProduct.Multiply(driven, size, 1, weight, [], history.Before, batch, size, size, false);
            for (int b = 0; b < batch; b++)
            {
                if (frame.Input(4)[t * batch + b] != 0)
                {
                    Span<float> before = gradients.Slice((b * (steps + 1) + t) * size, size);
                    TensorPrimitives.Add(before, history.Before.Slice(b * size, size), before);
                }
                if (history.Begins(t))
                {
                    BackThroughMatrix(
                        history,
                        gradients.Slice(b * (steps + 1) * size, (steps + 1) * size),
                        frame.Output(3).Slice(b * size * size, size * size),
                        t,
                        b
                    );
                }
            }
        }
        for (int b = 0; b < batch; b++)
        {
            gradients.Slice(b * (steps + 1) * size, size).CopyTo(frame.Output(2)[(b * size)..]);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        throw new GraphException($"{node.Title}: a layer with fast weights has no second derivative.");

    private void BackThroughStep(
        in Frame frame,
        in FastScratch scratch,
        in FastHistory history,
        Span<float> gradients,
        int t,
        int b
    )
    {
        int size = frame.InputShape(0).Columns;
        int reads = Recurrence.Reads;
        int row = t * frame.Sequences + b;
        Span<float> vectors = frame.Scratch.Slice(scratch.Vectors, (reads + 4) * size);
        Span<float> arriving = vectors.Slice((reads + 1) * size, size);
        Span<float> ofSum = vectors.Slice((reads + 2) * size, size);
        Span<float> driven = frame.Output(0).Slice(row * size, size);
        ReadOnlySpan<float> units = frame.Input(Units).Slice(row * (reads + 1) * size, (reads + 1) * size);
        for (int read = 0; read <= reads; read++)
        {
            Recurrence.Activate(frame, read, units.Slice(read * size, size), vectors.Slice(read * size, size));
        }
        TensorPrimitives.Add(frame.Input(Gradient).Slice(row * size, size), gradients.Slice((t + 1) * size, size), arriving);
        driven.Clear();
        for (int read = reads; read >= 0; read--)
        {
            Span<float> activated = frame.Output(1).Slice((row * (reads + 1) + read) * size, size);
            arriving.CopyTo(activated);
            BackThroughActivation(vectors.Slice(read * size, size), activated);
            TensorPrimitives.Multiply(activated, frame.Input(2).Slice(read * size, size), ofSum);
            float inverse = frame.Input(Inverse)[row * (reads + 1) + read];
            BackThroughNorm(ofSum, units.Slice(read * size, size), inverse);
            TensorPrimitives.Add(driven, ofSum, driven);
            if (read > 0)
            {
                BackThroughReading(frame, history, gradients, t, b, vectors.Slice((read - 1) * size, size), ofSum, arriving);
            }
        }
    }

    private void BackThroughActivation(ReadOnlySpan<float> outputs, Span<float> gradients)
    {
        switch (Recurrence.Activation)
        {
            case Activation.Tanh:
                Kernels.Elementwise.TanhGradient(outputs, gradients);
                break;
            case Activation.Relu:
                Kernels.Elementwise.ReluGradient(outputs, gradients);
                break;
            default:
                throw new System.Runtime.CompilerServices.SwitchExpressionException(Recurrence.Activation);
        }
    }

    private static void BackThroughNorm(Span<float> gradient, ReadOnlySpan<float> unit, float inverse)
    {
        float mean = TensorPrimitives.Sum<float>(gradient) / unit.Length;
        float slope = TensorPrimitives.Dot(gradient, unit) / unit.Length;
        for (int i = 0; i < unit.Length; i++)
        {
            gradient[i] = inverse * (gradient[i] - mean - unit[i] * slope);
        }
    }

    // From the gradient of A v to that of v, and to those of the outputs and the fast weights that A is made of.
    private void BackThroughReading(
        in Frame frame,
        in FastHistory history,
        Span<float> gradients,
        int t,
        int b,
        ReadOnlySpan<float> vector,
        ReadOnlySpan<float> ofReading,
        Span<float> ofVector
    )
    {
        int size = vector.Length;
        int first = history.FirstOf(t, b);
        ofVector.Clear();
        ReadOnlySpan<float> matrix = history.MatrixOf(t, b, first);
        if (!matrix.IsEmpty)
        {
            float left = history.ShareOf(t);
            bool isZero = !matrix.ContainsAnyExcept(0f);
            bool isAsked = history.ChunkOf(t) > 0 || frame.IsRead(3);
            Span<float> ofMatrix = isAsked ? frame.Output(3).Slice(b * size * size, size * size) : [];
            for (int i = 0; i < size; i++)
            {
                if (!isZero)
                {
                    TensorPrimitives.MultiplyAdd(matrix.Slice(i * size, size), left * ofReading[i], ofVector, ofVector);
                }
                if (isAsked)
                {
                    Span<float> sums = ofMatrix.Slice(i * size, size);
                    TensorPrimitives.MultiplyAdd(vector, left * ofReading[i], sums, sums);
                }
            }
        }
        float share = Recurrence.Rate;
        for (int index = t; index >= first && !Recurrence.IsForgotten(share); index--)
        {
            ReadOnlySpan<float> row = history.Row(b, index);
            Span<float> ofRow = gradients.Slice(index * size, size);
            float ofScore = share * TensorPrimitives.Dot(row, ofReading);
            float score = share * TensorPrimitives.Dot(row, vector);
            TensorPrimitives.MultiplyAdd(row, ofScore, ofVector, ofVector);
            TensorPrimitives.MultiplyAdd(ofReading, score, ofRow, ofRow);
            TensorPrimitives.MultiplyAdd(vector, ofScore, ofRow, ofRow);
            share *= Recurrence.Decay;
        }
    }

    // From the gradient of the matrix that a chunk begins with to the outputs of the chunk before, and to the matrix which that one began with.
    private void BackThroughMatrix(in FastHistory history, Span<float> gradients, Span<float> ofMatrix, int t, int b)
    {
        int size = history.Sum.Length;
        int first = history.FirstOf(t - 1, b);
        float share = Recurrence.Rate;
        for (int index = t - 1; index >= first && !Recurrence.IsForgotten(share); index--)
        {
            ReadOnlySpan<float> row = history.Row(b, index);
            Span<float> ofRow = gradients.Slice(index * size, size);
            for (int i = 0; i < size; i++)
            {
                ReadOnlySpan<float> line = ofMatrix.Slice(i * size, size);
                ofRow[i] += share * TensorPrimitives.Dot(line, row);
                TensorPrimitives.MultiplyAdd(line, share * row[i], ofRow, ofRow);
            }
            share *= Recurrence.Decay;
        }
        if (history.MatrixOf(t - 1, b, first).IsEmpty)
        {
            ofMatrix.Clear();
        }
        else
        {
            TensorPrimitives.Multiply(ofMatrix, history.ShareOf(t - 1), ofMatrix);
        }
    }
}
