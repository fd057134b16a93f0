using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>Rows of the rings in a state <c>[B, S]</c>, in the order of time: <c>[M × B, width]</c>, oldest first, row m × B + b of sequence b.</summary>
/// <remarks>
/// Inputs: the state, and its ages <c>[B, 1]</c>. Rows from before the episode's start are 0, whatever the ring holds there. Memory from before a sequence
/// has no gradient (Dai et al. 2019, section 3.2).
/// </remarks>
/// <param name="Ring">Which part of the state.</param>
internal sealed record RingRows(Ring Ring) : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.AllRows;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RequireColumns(inputs[1], 1, "the age");
        return inputs[0].Space == RowSpace.Sequences && inputs[1].Space == RowSpace.Sequences
            ? [Shape.Of(RowSpace.Remembered(Ring.Length), Ring.Width)]
            : throw new GraphException($"rings belong to {RowSpace.Sequences.Name}, and {inputs[0]} and {inputs[1]} were given.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> states = frame.WholeInput(0);
        ReadOnlySpan<float> ages = frame.WholeInput(1);
        Span<float> rows = frame.Output(0);
        int stride = frame.InputShape(0).Columns;
        int batch = ages.Length;
        (int length, int width) = (Ring.Length, Ring.Width);
        for (int b = 0; b < batch; b++)
        {
            ReadOnlySpan<float> ring = states.Slice(b * stride + Ring.Offset, Ring.Size);
            int age = Ring.AgeOf(ages[b], length);
            int unseen = length - Math.Min(age, length); // rows from before the episode
            for (int row = 0; row < unseen; row++)
            {
                rows.Slice((row * batch + b) * width, width).Clear();
            }
            for (int row = unseen; row < length; row++)
            {
                ring.Slice((age + row) % length * width, width).CopyTo(rows[((row * batch + b) * width)..]);
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [null, null];
}
