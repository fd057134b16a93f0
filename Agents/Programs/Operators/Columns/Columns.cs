using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>Some neighbouring columns.</summary>
/// <param name="Start">The first one.</param>
/// <param name="Count">How many.</param>
internal sealed record Slice(int Start, int Count) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return Start >= 0 && Count > 0 && Start + Count <= inputs[0].Columns
            ? [inputs[0] with { Columns = Count }]
            : throw new GraphException($"columns {Start} to {Start + Count} do not exist in {inputs[0]}.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        int columns = frame.InputShape(0).Columns;
        for (int row = 0; row * columns < x.Length; row++)
        {
            x.Slice(row * columns + Start, Count).CopyTo(y[(row * Count)..]);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [node.Graph.Apply(new Place([Start], node.Inputs[0].Columns), gradients[0]!)[0]];
}

/// <summary>Values beside each other in the columns of a wider one, which is 0 where none of them lies.</summary>
/// <param name="Starts">First column of each value; they ascend and do not overlap.</param>
/// <param name="Columns">Columns of the result.</param>
internal sealed record Place(ImmutableArray<int> Starts, int Columns) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, Starts.Length);
        int end = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Space != inputs[0].Space || inputs[i].Rows != inputs[0].Rows)
            {
                throw new GraphException($"{inputs[0]} and {inputs[i]} have different rows.");
            }
            if (Starts[i] < end)
            {
                throw new GraphException(
                    $"value {i} begins at column {Starts[i]}, where the one before it still lies. Slices must not overlap."
                );
            }
            end = Starts[i] + inputs[i].Columns;
        }
        return end <= Columns
            ? [inputs[0] with { Columns = Columns }]
            : throw new GraphException($"{end} columns do not fit {Columns}.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        Span<float> y = frame.Output(0);
        int covered = 0;
        for (int i = 0; i < Starts.Length; i++)
        {
            covered += frame.InputShape(i).Columns;
        }
        if (covered < Columns)
        {
            y.Clear();
        }
        for (int i = 0; i < Starts.Length; i++)
        {
            ReadOnlySpan<float> x = frame.Input(i);
            int count = frame.InputShape(i).Columns;
            int to = Starts[i];
            for (int from = 0; from < x.Length; from += count, to += Columns)
            {
                x.Slice(from, count).CopyTo(y[to..]);
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        var result = new Value?[Starts.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = gradients[0]!.Slice(Starts[i], node.Inputs[i].Columns);
        }
        return result;
    }

    /// <summary>Equal places are one operator.</summary>
    public bool Equals(Place? other) =>
        other is not null && Columns == other.Columns && Starts.AsSpan().SequenceEqual(other.Starts.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Columns, Starts.Length, Starts.IsEmpty ? 0 : Starts[^1]);
}

/// <summary>Columns in another order: column j of the result is column Order[j].</summary>
/// <param name="Order">A permutation.</param>
internal sealed record Permute(ImmutableArray<int> Order) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        RequireColumns(inputs[0], Order.Length, $"a permutation of {Order.Length}");
        return Order.Order().SequenceEqual(Enumerable.Range(0, Order.Length))
            ? [inputs[0]]
            : throw new GraphException("the order names a column twice or not at all.");
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        ReadOnlySpan<int> order = Order.AsSpan();
        for (int row = 0; row < x.Length; row += order.Length)
        {
            for (int j = 0; j < order.Length; j++)
            {
                y[row + j] = x[row + order[j]];
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        int[] inverse = new int[Order.Length];
        for (int j = 0; j < inverse.Length; j++)
        {
            inverse[Order[j]] = j;
        }
        return [gradients[0]!.Permute([.. inverse])];
    }

    /// <summary>Equal orders are one operator.</summary>
    public bool Equals(Permute? other) => other is not null && Order.AsSpan().SequenceEqual(other.Order.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Order.Length;
}
