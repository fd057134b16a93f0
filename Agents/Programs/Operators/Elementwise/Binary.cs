using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>A function of two numbers. The second value may be broadcast to the first one; how is decided by kind and never by size.</summary>
/// <remarks>
/// The first is rows of a space <c>[N, C]</c>: the second is <c>[N, C]</c>, a column <c>[N, 1]</c> of the same space, or a constant row <c>[1, C]</c> or
/// number <c>[1, 1]</c>. The first is a constant <c>[R, C]</c>: the second is a constant <c>[R, C]</c>, <c>[R, 1]</c>, <c>[1, C]</c> or <c>[1, 1]</c>.
/// </remarks>
internal abstract record Binary : Operator
{
    /// <summary>Whether a and b may change places.</summary>
    public virtual bool IsCommutative => false;

    /// <summary>Whether the second value fits the first.</summary>
    public static bool Fits(Shape first, Shape second) =>
        (second.Columns == first.Columns || second.Columns == 1)
        && (second.Space == first.Space ? second.Rows == first.Rows || second.Rows == 1 : second.IsConstant && second.Rows == 1);

    /// <inheritdoc/>
    public sealed override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        return Fits(inputs[0], inputs[1])
            ? [inputs[0]]
            : throw new GraphException(
                $"{inputs[0]} and {inputs[1]} do not go together. The second one is as large as the first, a column, a constant row or a number; repeat it by BroadcastRows or BroadcastColumns where it is meant otherwise."
            );
    }

    /// <inheritdoc/>
    public sealed override void Run(in Frame frame)
    {
        ReadOnlySpan<float> a = frame.Input(0);
        ReadOnlySpan<float> b = frame.Input(1);
        Span<float> y = frame.Output(0);
        Shape first = frame.InputShape(0);
        Shape second = frame.InputShape(1);
        int columns = first.Columns;
        bool byRow = second.Space == first.Space && second.Rows == first.Rows; // as many rows, in whatever space
        if (byRow && second.Columns == columns)
        {
            Apply(a, b, y);
        }
        else if (byRow)
        {
            for (int row = 0; row < b.Length; row++)
            {
                Apply(a.Slice(row * columns, columns), b[row], y.Slice(row * columns, columns));
            }
        }
        else if (second.Columns == 1)
        {
            Apply(a, b[0], y);
        }
        else
        {
            ApplyToRows(a, b, y);
        }
    }

    /// <inheritdoc/>
    public sealed override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value a, Value b) = (node.Inputs[0], node.Inputs[1]);
        (Value? first, Value? second) = Backward(a, b, node.Outputs[0], gradients[0]!);
        return [first, second?.ReduceTo(b.Shape)];
    }

    /// <summary>Writes y = f(a, b) of spans of one length; y may be either.</summary>
    protected abstract void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);

    /// <summary>Writes y = f(a, b) of one b; y may be a.</summary>
    protected abstract void Apply(ReadOnlySpan<float> a, float b, Span<float> y);

    /// <summary>Writes y = f(a, row) for each row of a; y may be a.</summary>
    protected virtual void ApplyToRows(ReadOnlySpan<float> a, ReadOnlySpan<float> row, Span<float> y)
    {
        for (int start = 0; start < a.Length; start += row.Length)
        {
            Apply(a.Slice(start, row.Length), row, y.Slice(start, row.Length));
        }
    }

    /// <summary>The gradients of a and b from that of y, all in the shape of a.</summary>
    protected abstract (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient);
}
