using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>What a value was one step earlier in its sequence (or will be one step later), and 0 where an episode lies between.</summary>
/// <remarks>
/// Inputs: keep <c>[N, 1]</c>, 1 where the step belongs to the same episode as the one before it and 0 where an episode starts; the value <c>[N, C]</c>;
/// and, for the earlier one, where there is a third value, what it was before the first step, <c>[B, C]</c> of sequences.
/// <para>
/// Earlier: y_t = keep_t x_{t−1}, and y_0 = keep_0 initial. Later: y_t = keep_{t+1} x_{t+1}, and 0 at the last step. Each is the gradient of the
/// other. The value may depend on y: then the nodes between them are a loop over steps (as in synchronous data-flow languages).
/// </para>
/// </remarks>
/// <param name="Direction">Earlier or later.</param>
/// <param name="Columns">C, since the value may come after the node.</param>
internal sealed record Delay(DelayDirection Direction, int Columns) : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Delay;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireColumns(inputs[0], 1, "keep");
        Shape shape = Shape.Of(RequireRows(inputs[0], "keep"), Columns);
        if (inputs[0].Space != RowSpace.Rows)
        {
            throw new GraphException($"steps belong to {RowSpace.Rows.Name}, and keep is {inputs[0]}.");
        }
        if (inputs.Length > 1 && inputs[1] != shape)
        {
            throw new GraphException($"a value of {shape} was expected, and {inputs[1]} closes the delay.");
        }
        if (inputs.Length > 2 && inputs[2] != Shape.Of(RowSpace.Sequences, Columns))
        {
            throw new GraphException($"the initial value is {Shape.Of(RowSpace.Sequences, Columns)}, and {inputs[2]} was given.");
        }
        return [shape];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        int sequences = frame.Sequences;
        int step = sequences * Columns;
        Span<float> y = frame.Output(0);
        ReadOnlySpan<float> keep = frame.WholeInput(0);
        ReadOnlySpan<float> x = frame.WholeInput(1);
        for (int first = 0; first < y.Length; first += step)
        {
            int row = frame.First + first / Columns;
            Span<float> rows = y.Slice(first, step);
            if (Direction == DelayDirection.Earlier)
            {
                if (row == 0)
                {
                    Start(frame, rows);
                }
                else
                {
                    x.Slice((row - sequences) * Columns, step).CopyTo(rows);
                }
                Reset(keep.Slice(row, sequences), rows);
            }
            else if (row + sequences < frame.TotalRows)
            {
                x.Slice((row + sequences) * Columns, step).CopyTo(rows);
                Reset(keep.Slice(row + sequences, sequences), rows);
            }
            else
            {
                rows.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        // The gradient of the delayed value is a delay the other way, which the gradient pass makes itself: it may be a loop.
        Value? initial = node.Inputs.Length == 3 ? gradients[0]!.Where(node.Inputs[0]).AtStep(StepPlace.First) : null;
        return node.Inputs.Length == 3 ? [null, null, initial] : [null, null];
    }

    private static void Start(in Frame frame, Span<float> rows)
    {
        if (frame.InputCount == 3)
        {
            frame.WholeInput(2).CopyTo(rows);
        }
        else
        {
            rows.Clear();
        }
    }

    private void Reset(ReadOnlySpan<float> keep, Span<float> rows)
    {
        for (int b = 0; b < keep.Length; b++)
        {
            if (keep[b] == 0)
            {
                rows.Slice(b * Columns, Columns).Clear();
            }
        }
    }
}

/// <summary>Which neighbouring step a delay reads.</summary>
internal enum DelayDirection
{
    /// <summary>The step before.</summary>
    Earlier,

    /// <summary>The step behind.</summary>
    Later,
}
