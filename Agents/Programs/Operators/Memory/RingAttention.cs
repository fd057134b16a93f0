using System.Collections.Immutable;
using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>Attention of one query per sequence to itself and to the rows of a ring within the state (Dai et al. 2019, section 3.3), for acting.</summary>
/// <remarks>
/// Inputs: queries <c>[N, P]</c>; the query's own row as the ring will keep it <c>[N, width]</c>; the state <c>[N, S]</c>; the age of each episode
/// <c>[N, 1]</c>; the weight of keys <c>[P, width]</c>; that of values, each head transposed, <c>[H width, head size]</c>; keys of positions <c>[P, M + 1]</c>;
/// content bias and position bias <c>[1, P]</c>; and, where the ring keeps rows before a gain and a bias, these two <c>[1, width]</c>. Gives the mixtures of
/// values <c>[N, P]</c>, and the weights <c>[N, H (M + 1)]</c>, as <see cref="RelativeAttention"/> does.
/// <para>
/// Keys and values of the memory are never computed. A score needs (q + u) · W_K z = W_Kᵀ (q + u) · z, so the query goes to the rows instead of
/// the rows to the query, and the rows are mixed before W_V: per step and sequence H × M × width products each, where projecting the memory
/// anew would take head size times as many. With z = gain x̂ + bias of stored rows x̂ the gain joins the query and the mixture, and the
/// bias adds the same to all scores of a query, which the softmax does not see.
/// </para>
/// </remarks>
/// <param name="Heads">Heads, H.</param>
/// <param name="Ring">Where the remembered rows are.</param>
internal sealed record RingAttention(int Heads, Ring Ring) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, inputs.Length == 11 ? 11 : 9);
        int size = inputs[0].Columns;
        RequireColumns(inputs[1], Ring.Width, "a row of the ring");
        RequireColumns(inputs[3], 1, "the age");
        if (inputs[2].Columns < Ring.Offset + Ring.Size)
        {
            throw new GraphException($"the ring ends beyond the state {inputs[2]}.");
        }
        ReadOnlySpan<Shape> constants =
        [
            Shape.Constant(size, Ring.Width),
            Shape.Constant(Heads * Ring.Width, size / Heads),
            Shape.Constant(size, Ring.Length + 1),
            Shape.Constant(1, size),
            Shape.Constant(1, size),
            Shape.Constant(1, Ring.Width),
            Shape.Constant(1, Ring.Width),
        ];
        for (int i = 4; i < inputs.Length; i++)
        {
            if (inputs[i] != constants[i - 4])
            {
                throw new GraphException($"input {i} is {constants[i - 4]}, and {inputs[i]} was given.");
            }
        }
        return [inputs[0], inputs[0] with { Columns = Heads * (Ring.Length + 1) }];
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) => new Scratch(this, inputs[0].Columns, rows).Size;

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        int size = frame.InputShape(0).Columns;
        int batch = frame.Input(3).Length;
        var scratch = new Scratch(this, size, batch);
        WriteQueries(frame, scratch, size, batch);
        Span<float> memory = frame.Scratch;
        ReadOnlySpan<float> states = frame.Input(2);
        int stride = frame.InputShape(2).Columns;
        int contextSize = Heads * Ring.Width;
        Span<float> contexts = memory.Slice(scratch.Contexts, batch * contextSize);
        for (int b = 0; b < batch; b++)
        {
            Mix(
                frame,
                scratch,
                batch,
                b,
                states.Slice(b * stride + Ring.Offset, Ring.Size),
                contexts.Slice(b * contextSize, contextSize)
            );
        }
        if (frame.InputCount == 11)
        {
            for (int row = 0; row < contexts.Length; row += Ring.Width)
            {
                // The weights of a mixture sum to 1, so the bias enters once.
                Span<float> context = contexts.Slice(row, Ring.Width);
                TensorPrimitives.MultiplyAdd(context, frame.Input(9), frame.Input(10), context);
            }
        }
        int headSize = size / Heads;
        Span<float> values = memory.Slice(scratch.Values, batch * headSize);
        Span<float> mixed = frame.Output(0);
        for (int head = 0; head < Heads; head++)
        {
            ReadOnlySpan<float> weight = frame.Input(5).Slice(head * Ring.Width * headSize, Ring.Width * headSize);
            MatrixProduct.Multiply(
                contexts[(head * Ring.Width)..],
                contextSize,
                1,
                weight,
                [],
                values,
                batch,
                headSize,
                Ring.Width,
                false
            );
            for (int b = 0; b < batch; b++)
            {
                values.Slice(b * headSize, headSize).CopyTo(mixed[(b * size + head * headSize)..]);
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        throw new GraphException(
            $"{node.Title}: a step over a ring has no gradient. Differentiate sequences, by RelativeAttention."
        );

    // What scores are products with: of contents in terms of the ring's rows, and of positions, with the factor 1/√head size in both.
    private void WriteQueries(in Frame frame, in Scratch scratch, int size, int batch)
    {
        (int width, int places, int headSize) = (Ring.Width, Ring.Length + 1, size / Heads);
        Span<float> memory = frame.Scratch;
        Span<float> shifted = memory.Slice(scratch.Shifted, batch * size);
        Shift(frame.Input(0), frame.Input(7), headSize, shifted);
        for (int head = 0; head < Heads; head++)
        {
            ReadOnlySpan<float> weight = frame.Input(4).Slice(head * headSize * width, headSize * width);
            Span<float> keys = memory.Slice(scratch.Keys + head * batch * width, batch * width);
            MatrixProduct.Multiply(shifted[(head * headSize)..], size, 1, weight, [], keys, batch, width, headSize, false);
            for (int b = 0; frame.InputCount == 11 && b < batch; b++)
            {
                Span<float> key = keys.Slice(b * width, width);
                TensorPrimitives.Multiply(key, frame.Input(9), key);
            }
        }
        Shift(frame.Input(0), frame.Input(8), headSize, shifted);
        for (int head = 0; head < Heads; head++)
        {
            ReadOnlySpan<float> positions = frame.Input(6).Slice(head * headSize * places, headSize * places);
            Span<float> scores = memory.Slice(scratch.ByPlace + head * batch * places, batch * places);
            MatrixProduct.Multiply(shifted[(head * headSize)..], size, 1, positions, [], scores, batch, places, headSize, false);
        }
    }

    private static void Shift(ReadOnlySpan<float> queries, ReadOnlySpan<float> bias, int headSize, Span<float> shifted)
    {
        float scale = 1 / MathF.Sqrt(headSize);
        for (int row = 0; row < queries.Length; row += bias.Length)
        {
            TensorPrimitives.AddMultiply(queries.Slice(row, bias.Length), bias, scale, shifted.Slice(row, bias.Length));
        }
    }

    // Scores, softmax and mixture of the rows that a sequence's query sees.
    private void Mix(in Frame frame, in Scratch scratch, int batch, int b, ReadOnlySpan<float> rows, Span<float> contexts)
    {
        (int width, int length) = (Ring.Width, Ring.Length);
        int age = (int)frame.Input(3)[b];
        int filled = Math.Min(age, length);
        int next = age % length;
        ReadOnlySpan<float> own = frame.Input(1).Slice(b * width, width);
        Span<float> memory = frame.Scratch;
        Span<float> all = memory.Slice(scratch.Weights, Heads * (length + 1)); // of the ring's rows, then of the query's own
        // Rows before the next one to write lie 1, 2 … steps back from there; those behind it are the oldest.
        int newer = Math.Min(next, filled);
        for (int head = 0; head < Heads; head++)
        {
            ReadOnlySpan<float> key = memory.Slice(scratch.Keys + (head * batch + b) * width, width);
            ReadOnlySpan<float> positions = memory.Slice(scratch.ByPlace + (head * batch + b) * (length + 1), length + 1);
            Span<float> weights = all.Slice(head * (length + 1), filled + 1);
            if (filled > 0)
            {
                DotProducts.Multiply(rows, key, [0f], weights, filled);
                TensorPrimitives.Add(weights[..newer], positions.Slice(length - next, newer), weights[..newer]);
                Span<float> older = weights[newer..filled];
                TensorPrimitives.Add(older, positions[..older.Length], older);
            }
            weights[filled] = TensorPrimitives.Dot(key, own) + positions[length];
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.Exp(weights, weights);
            TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights), weights);
        }
        if (frame.IsRead(1))
        {
            WriteByPlace(all, frame.Output(1).Slice(b * Heads * (length + 1), Heads * (length + 1)), next, filled);
        }
        if (filled == 0)
        {
            contexts.Clear();
        }
        else
        {
            MatrixProduct.Multiply(all, length + 1, 1, rows, [], contexts, Heads, width, filled, accumulate: false);
        }
        for (int head = 0; head < Heads; head++)
        {
            Span<float> context = contexts.Slice(head * width, width);
            TensorPrimitives.MultiplyAdd(own, all[head * (length + 1) + filled], context, context);
        }
    }

    // From the order of the ring to that of time.
    private void WriteByPlace(ReadOnlySpan<float> weights, Span<float> byPlace, int next, int filled)
    {
        int size = Ring.Length + 1;
        int newer = Math.Min(next, filled);
        byPlace.Clear();
        for (int head = 0; head < Heads; head++)
        {
            ReadOnlySpan<float> ofHead = weights.Slice(head * size, filled + 1);
            Span<float> places = byPlace.Slice(head * size, size);
            ofHead[..newer].CopyTo(places[(Ring.Length - next)..]);
            ofHead[newer..filled].CopyTo(places);
            places[Ring.Length] = ofHead[filled];
        }
    }

    private readonly struct Scratch
    {
        public Scratch(RingAttention attention, int size, int rows)
        {
            (int heads, int width, int places) = (attention.Heads, attention.Ring.Width, attention.Ring.Length + 1);
            Shifted = 0;
            Keys = rows * size;
            ByPlace = Keys + rows * heads * width;
            Weights = ByPlace + rows * heads * places;
            Contexts = Weights + heads * places;
            Values = Contexts + rows * heads * width;
            Size = Values + rows * size / heads;
        }

        public int Shifted { get; } // [rows, P]
        public int Keys { get; } // [H][rows, width]: W_Kᵀ (q + u)
        public int ByPlace { get; } // [H][rows, M + 1]
        public int Weights { get; } // [H, M + 1]
        public int Contexts { get; } // [rows, H, width]
        public int Values { get; } // [rows, head size]
        public int Size { get; }
    }
}
