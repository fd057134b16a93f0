using System.Collections.Immutable;
using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>The gradients of <see cref="RelativeAttention"/> in its first eight inputs, from those, its weights and the gradient of its mixtures.</summary>
/// <remarks>It has no gradient of its own: attention is differentiated once.</remarks>
/// <param name="Attention">The attention.</param>
internal sealed record RelativeAttentionGradient(RelativeAttention Attention) : Operator
{
    private const int ContentBias = 6;
    private const int PositionBias = 7;
    private const int Weights = 8;
    private const int Gradient = 9;

    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 10);
        RequireColumns(inputs[Weights], Attention.Heads * (Attention.Length + 1), "the weights");
        RequireColumns(inputs[Gradient], inputs[0].Columns, "the gradient of the mixtures");
        return [.. inputs[..Weights]];
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) =>
        new AttentionScratch(Attention, inputs[0].Columns).Size;

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        int size = frame.InputShape(0).Columns;
        int headSize = size / Attention.Heads;
        int places = Attention.Length + 1;
        int steps = frame.TotalRows / frame.Sequences;
        var scratch = new AttentionScratch(Attention, size);
        for (int output = 1; output < Weights; output++)
        {
            frame.Output(output).Clear();
        }
        for (int head = 0; head < Attention.Heads; head++)
        {
            int first = head * headSize * places;
            Transposition.Copy(
                frame.Input(5).Slice(first, headSize * places),
                frame.Scratch.Slice(scratch.Positions + first, headSize * places),
                headSize,
                places
            );
        }
        for (int b = 0; b < frame.Sequences; b++)
        {
            for (int first = 0; first < steps; first += RelativeAttention.Queries)
            {
                int count = Math.Min(RelativeAttention.Queries, steps - first);
                for (int head = 0; head < Attention.Heads; head++)
                {
                    RunGroup(frame, scratch, size, b, head, first, count);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        throw new GraphException($"{node.Title}: attention has no second derivative.");

    private void RunGroup(in Frame frame, in AttentionScratch scratch, int size, int b, int head, int first, int count)
    {
        int headSize = size / Attention.Heads;
        int places = Attention.Length + 1;
        int keys = count + Attention.Length;
        float scale = 1 / MathF.Sqrt(headSize);
        var rows = new AttentionRows(frame, Attention, size);
        Span<float> memory = frame.Scratch;
        Span<float> rowsOfKeys = memory.Slice(scratch.Keys, keys * headSize);
        Span<float> columns = memory.Slice(scratch.Columns, keys * headSize);
        Span<float> mixed = memory.Slice(scratch.Mixed, count * headSize);
        Span<float> scores = memory.Slice(scratch.Scores, count * keys);
        Span<float> weights = memory.Slice(scratch.Weights, count * keys);
        Span<float> byPlace = memory.Slice(scratch.ByPlace, count * places);
        Span<float> forContent = memory.Slice(scratch.ForContent, count * headSize);
        Span<float> forPosition = memory.Slice(scratch.ForPosition, count * headSize);
        Expand(frame, mixed, weights, size, b, head, first, count);

        rows.Gather(AttentionRows.Values, rowsOfKeys, b, head, first, keys);
        Transposition.Copy(rowsOfKeys, columns, keys, headSize);
        MatrixProduct.Multiply(mixed, headSize, 1, columns, [], scores, count, keys, headSize, false);
        MatrixProduct.Multiply(weights, 1, keys, mixed, [], rowsOfKeys, keys, headSize, count, false);
        rows.Scatter(rowsOfKeys, AttentionRows.Values, b, head, first, keys);
        for (int i = 0; i < count; i++)
        {
            // Softmax: a (g − Σ a g); unseen keys have weight 0.
            Span<float> row = scores.Slice(i * keys, keys);
            ReadOnlySpan<float> weight = weights.Slice(i * keys, keys);
            TensorPrimitives.Subtract(row, TensorPrimitives.Dot(row, weight), row);
            TensorPrimitives.Multiply(row, weight, row);
            row.Slice(i, places).CopyTo(byPlace[(i * places)..]);
        }
        rows.Queries(memory, scratch, b, head, first, count);
        rows.Gather(AttentionRows.Keys, rowsOfKeys, b, head, first, keys);
        Span<float> query = mixed; // gradient of q + u, then of q + v, each before the scale
        MatrixProduct.Multiply(scores, keys, 1, rowsOfKeys, [], query, count, headSize, keys, false);
        AddScaledSums(query, scale, frame.Output(ContentBias).Slice(head * headSize, headSize));
        MatrixProduct.Multiply(scores, 1, keys, forContent, [], rowsOfKeys, keys, headSize, count, false);
        rows.Scatter(rowsOfKeys, AttentionRows.Keys, b, head, first, keys);

        Span<float> positions = frame.Output(5).Slice(head * headSize * places, headSize * places);
        MatrixProduct.Multiply(forPosition, 1, headSize, byPlace, [], positions, headSize, places, count, true);
        ReadOnlySpan<float> rowsOfPositions = memory.Slice(scratch.Positions + head * headSize * places, headSize * places);
        MatrixProduct.Multiply(byPlace, places, 1, rowsOfPositions, [], forPosition, count, headSize, places, false);
        AddScaledSums(forPosition, scale, frame.Output(PositionBias).Slice(head * headSize, headSize));
        TensorPrimitives.AddMultiply(query, forPosition, scale, query);
        int batch = frame.Sequences;
        Span<float> queryGradients = frame.Output(0);
        for (int i = 0; i < count; i++)
        {
            int place = ((first + i) * batch + b) * size + head * headSize;
            query.Slice(i * headSize, headSize).CopyTo(queryGradients[place..]);
        }
    }

    // Gradients of the mixtures, and the weights by key in place of those by place.
    private void Expand(in Frame frame, Span<float> mixed, Span<float> weights, int size, int b, int head, int first, int count)
    {
        int headSize = size / Attention.Heads;
        int places = Attention.Length + 1;
        int keys = count + Attention.Length;
        int batch = frame.Sequences;
        ReadOnlySpan<float> gradients = frame.Input(Gradient);
        ReadOnlySpan<float> byPlace = frame.Input(Weights);
        weights.Clear();
        for (int i = 0; i < count; i++)
        {
            int row = (first + i) * batch + b;
            gradients.Slice(row * size + head * headSize, headSize).CopyTo(mixed[(i * headSize)..]);
            byPlace.Slice((row * Attention.Heads + head) * places, places).CopyTo(weights[(i * keys + i)..]);
        }
    }

    private static void AddScaledSums(ReadOnlySpan<float> rows, float scale, Span<float> sums)
    {
        for (int row = 0; row < rows.Length; row += sums.Length)
        {
            TensorPrimitives.MultiplyAdd(rows.Slice(row, sums.Length), scale, sums, sums);
        }
    }
}
