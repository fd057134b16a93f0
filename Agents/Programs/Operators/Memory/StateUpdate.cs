using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>What one step writes into each row of a state. Where a program advances a state, it is changed where it lies.</summary>
/// <remarks>
/// Inputs: the state <c>[N, S]</c>; what is written to each place; then, for each place that is a ring, the ages of the episodes <c>[N, 1]</c>. All other
/// numbers stay as they are.
/// </remarks>
/// <param name="Places">First number of each place, with rings for those that are one row of a ring.</param>
internal sealed record StateUpdate(ImmutableArray<StatePlace> Places) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        int rings = 0;
        foreach (StatePlace place in Places)
        {
            rings += place.IsRing ? 1 : 0;
        }
        RequireInputs(inputs, 1 + Places.Length + rings);
        RequireRows(inputs[0], "a state");
        for (int i = 0; i < rings; i++)
        {
            RequireColumns(inputs[1 + Places.Length + i], 1, "the age");
        }
        for (int i = 0; i < Places.Length; i++)
        {
            RequireColumns(inputs[i + 1], Places[i].Columns, "a place of the state");
            if (Places[i].End > inputs[0].Columns)
            {
                throw new GraphException($"a place ends at {Places[i].End}, beyond the state {inputs[0]}.");
            }
        }
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> before = frame.Input(0);
        Span<float> after = frame.Output(0);
        if (!before.Overlaps(after))
        {
            before.CopyTo(after);
        }
        int stride = frame.OutputShape(0).Columns;
        int ring = 1 + Places.Length;
        for (int i = 0; i < Places.Length; i++)
        {
            StatePlace place = Places[i];
            ReadOnlySpan<float> written = frame.Input(i + 1);
            ReadOnlySpan<float> ages = place.IsRing ? frame.Input(ring++) : [];
            for (int row = 0; row * place.Columns < written.Length; row++)
            {
                Span<float> all = after.Slice(row * stride + place.Offset, place.Size);
                int age = ages.IsEmpty ? 0 : (int)ages[row];
                if (place.IsRing && age == 0)
                {
                    all.Clear();
                }
                int first = place.IsRing ? age % place.Length * place.Columns : 0;
                written.Slice(row * place.Columns, place.Columns).CopyTo(all[first..]);
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        throw new GraphException($"{node.Title}: a state that is advanced in place has no gradient. Differentiate sequences.");

    /// <summary>Compares the places one by one.</summary>
    public bool Equals(StateUpdate? other) => other is not null && Places.AsSpan().SequenceEqual(other.Places.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Places.Length, Places.IsEmpty ? default : Places[^1]);
}

/// <summary>A place within a row of state.</summary>
/// <param name="Offset">First number.</param>
/// <param name="Columns">Numbers that a step writes.</param>
/// <param name="Length">Rows of the ring that they are one of; 0 for none.</param>
internal readonly record struct StatePlace(int Offset, int Columns, int Length)
{
    /// <summary>The first number behind it.</summary>
    public int End => Offset + Size;

    /// <summary>Numbers of all rows.</summary>
    public int Size => Columns * Math.Max(1, Length);

    /// <summary>Whether it is a ring.</summary>
    public bool IsRing => Length > 0;
}
