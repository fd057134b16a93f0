using System.Collections.Immutable;
using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>Attention of whole sequences with relative positions and a memory from before them (Dai et al. 2019, section 3.3).</summary>
/// <remarks>
/// Inputs, with P = heads × head size and M remembered steps: queries, keys and values <c>[T × B, P]</c>; keys and values of the memory <c>[M × B, P]</c>,
/// oldest first; keys of positions <c>[P, M + 1]</c>, from the farthest to the query itself; content bias and position bias <c>[1, P]</c>, u and v of the
/// paper; keep <c>[T × B, 1]</c>; and the age of the memory <c>[B, 1]</c>. Gives the mixtures <c>[T × B, P]</c>, and the weights <c>[T × B, H (M + 1)]</c> by
/// place: place j of a query is the step M − j before it, and 0 where it does not see it.
/// <para>
/// A query sees itself and the M steps before it as far as its episode reaches, in a sequence as in acting. Queries pass in groups of
/// <see cref="Queries"/> steps, whose scores are one product.
/// </para>
/// </remarks>
/// <param name="Heads">Heads, H.</param>
/// <param name="Length">Remembered steps, M.</param>
internal sealed record RelativeAttention(int Heads, int Length) : Operator
{
    /// <summary>Steps whose queries pass together.</summary>
    internal const int Queries = 24;

    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 10);
        int size = inputs[0].Columns;
        Shape own = Shape.Of(RowSpace.Rows, size);
        Shape remembered = Shape.Of(RowSpace.Remembered(Length), size);
        Shape bias = Shape.Constant(1, size);
        ReadOnlySpan<Shape> expected =
        [
            own,
            own,
            own,
            remembered,
            remembered,
            Shape.Constant(size, Length + 1),
            bias,
            bias,
            Shape.Of(RowSpace.Rows, 1),
            Shape.Of(RowSpace.Sequences, 1),
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            if (inputs[i] != expected[i])
            {
                throw new GraphException($"input {i} is {expected[i]}, and {inputs[i]} was given.");
            }
        }
        return size % Heads == 0
            ? [own, Shape.Of(RowSpace.Rows, Heads * (Length + 1))]
            : throw new GraphException($"{size} columns are not {Heads} heads of one size.");
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) => new AttentionScratch(this, inputs[0].Columns).Size;

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        int size = frame.InputShape(0).Columns;
        int headSize = size / Heads;
        int batch = frame.Sequences;
        int steps = frame.TotalRows / batch;
        var rows = new AttentionRows(frame, this, size);
        var scratch = new AttentionScratch(this, size);
        Span<float> memory = frame.Scratch;
        ReadOnlySpan<float> keep = frame.Input(8);
        ReadOnlySpan<float> ages = frame.Input(9);
        ReadOnlySpan<float> positions = frame.Input(5);
        Span<float> mixed = frame.Output(0);
        Span<float> allWeights = frame.Output(1);
        Span<float> rowsOfKeys = memory.Slice(scratch.Keys, scratch.MostKeys * headSize);
        Span<float> columns = memory.Slice(scratch.Columns, rowsOfKeys.Length);
        int places = Length + 1;
        for (int b = 0; b < batch; b++)
        {
            int start = Length - Math.Min(Ring.AgeOf(ages[b], Length), Length); // first row of time that the episode reaches
            for (int first = 0; first < steps; first += Queries)
            {
                int count = Math.Min(Queries, steps - first);
                int keys = count + Length;
                int episodes = start;
                for (int head = 0; head < Heads; head++)
                {
                    rows.Queries(memory, scratch, b, head, first, count);
                    rows.Gather(AttentionRows.Keys, rowsOfKeys, b, head, first, keys);
                    Transposition.Copy(rowsOfKeys, columns, keys, headSize);
                    Span<float> scores = memory.Slice(scratch.Scores, count * keys);
                    Span<float> byPlace = memory.Slice(scratch.ByPlace, count * places);
                    ReadOnlySpan<float> forContent = memory.Slice(scratch.ForContent, count * headSize);
                    ReadOnlySpan<float> forPosition = memory.Slice(scratch.ForPosition, count * headSize);
                    MatrixProduct.Multiply(forContent, headSize, 1, columns, [], scores, count, keys, headSize, false);
                    ReadOnlySpan<float> ofHead = positions.Slice(head * headSize * places, headSize * places);
                    MatrixProduct.Multiply(forPosition, headSize, 1, ofHead, [], byPlace, count, places, headSize, false);
                    episodes = start;
                    for (int i = 0; i < count; i++)
                    {
                        int row = (first + i) * batch + b;
                        episodes = keep[row] == 0 ? Length + first + i : episodes;
                        int unseen = Math.Max(0, episodes - first - i);
                        Span<float> weights = allWeights.Slice((row * Heads + head) * places, places);
                        weights[..unseen].Clear();
                        Span<float> seen = weights[unseen..];
                        TensorPrimitives.Add(
                            scores.Slice(i * keys + i + unseen, seen.Length),
                            byPlace.Slice(i * places + unseen, seen.Length),
                            seen
                        );
                        TensorPrimitives.Subtract(seen, TensorPrimitives.Max<float>(seen), seen);
                        TensorPrimitives.Exp(seen, seen);
                        TensorPrimitives.Divide(seen, TensorPrimitives.Sum<float>(seen), seen);
                        Span<float> band = scores.Slice(i * keys, keys);
                        band.Clear();
                        weights.CopyTo(band[i..]);
                    }
                    rows.Gather(AttentionRows.Values, rowsOfKeys, b, head, first, keys);
                    Span<float> mixture = memory.Slice(scratch.Mixed, count * headSize);
                    MatrixProduct.Multiply(scores, keys, 1, rowsOfKeys, [], mixture, count, headSize, keys, false);
                    for (int i = 0; i < count; i++)
                    {
                        mixture
                            .Slice(i * headSize, headSize)
                            .CopyTo(mixed[(((first + i) * batch + b) * size + head * headSize)..]);
                    }
                }
                start = episodes;
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        if (gradients[1] is not null)
        {
            throw new GraphException(
                $"{node.Title}: the weights of attention are to be looked at; gradients go through its mixtures alone."
            );
        }
        ImmutableArray<Value> results = node.Graph.Apply(
            new RelativeAttentionGradient(this),
            [.. node.Inputs[..8], node.Outputs[1], gradients[0]!]
        );
        return [.. results, null, null];
    }
}
