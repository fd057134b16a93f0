using System.Numerics.Tensors;
using Agents.Programs.Execution;

namespace Agents.Programs.Operators.Memory;

/// <summary>The outputs that steps of a <see cref="FastRecurrence"/> read, those of a sequence beside each other: row 0 from before it, row t + 1 of step t.</summary>
internal readonly ref struct FastHistory
{
    private readonly FastRecurrence _operation;
    private readonly int _steps;
    private readonly int _batch;
    private readonly int _size;
    private readonly Span<float> _rows;
    private readonly ReadOnlySpan<float> _keep;
    private readonly ReadOnlySpan<float> _fast;

    /// <summary>The history of a run, which holds the outputs from before the sequences.</summary>
    public FastHistory(FastRecurrence operation, in Frame frame, int steps, int size)
    {
        (_operation, _steps, _size) = (operation, steps, size);
        _batch = frame.Sequences;
        var scratch = new FastScratch(steps * _batch, size);
        _rows = frame.Scratch[..((steps + 1) * _batch * size)];
        Before = frame.Scratch.Slice(scratch.Before, _batch * size);
        Sums = frame.Scratch.Slice(scratch.Sums, _batch * size);
        Sum = frame.Scratch.Slice(scratch.Sum, size);
        _keep = frame.Input(4);
        _fast = frame.Input(6);
        for (int b = 0; b < _batch; b++)
        {
            frame.Input(5).Slice(b * size, size).CopyTo(Row(b, 0));
        }
    }

    /// <summary>Room for what each sequence reads of the step before, <c>[B, H]</c>.</summary>
    public Span<float> Before { get; }

    /// <summary>Room for as much again.</summary>
    public Span<float> Sums { get; }

    /// <summary>Room for one row.</summary>
    public Span<float> Sum { get; }

    /// <summary>A row of the history of a sequence.</summary>
    public Span<float> Row(int b, int index) => _rows.Slice((b * (_steps + 1) + index) * _size, _size);

    /// <summary>Adds the output of a step.</summary>
    public void Append(int t, int b, ReadOnlySpan<float> output) => output.CopyTo(Row(b, t + 1));

    /// <summary>Writes the outputs of the step before, 0 where an episode starts, <c>[B, H]</c>.</summary>
    public void BeforeStep(int t, Span<float> before)
    {
        for (int b = 0; b < _batch; b++)
        {
            Span<float> row = before.Slice(b * _size, _size);
            if (_keep[t * _batch + b] == 0)
            {
                row.Clear();
            }
            else
            {
                Row(b, t).CopyTo(row);
            }
        }
    }

    /// <summary>The first row of the history that belongs to the episode of a step; the step's index + 1 where it starts one.</summary>
    public int FirstOf(int t, int b)
    {
        int first = t + 1;
        while (first > 0 && _keep[(first - 1) * _batch + b] != 0)
        {
            first--;
        }
        return first;
    }

    /// <summary>The fast weights from before the sequence, where a step still reads them and they are not 0; else empty.</summary>
    public ReadOnlySpan<float> FastOf(int b, int first)
    {
        ReadOnlySpan<float> fast = _fast.Slice(b * _size * _size, _size * _size);
        return first == 0 && fast.ContainsAnyExcept(0f) ? fast : [];
    }

    /// <summary>The share that is left of the fast weights from before the sequence.</summary>
    public float ShareOf(int t) => MathF.Pow(_operation.Decay, t + 1);

    /// <summary>Adds A v of a step.</summary>
    public void AddReading(int t, int b, ReadOnlySpan<float> vector, Span<float> sum)
    {
        int first = FirstOf(t, b);
        ReadOnlySpan<float> fast = FastOf(b, first);
        if (!fast.IsEmpty)
        {
            float left = ShareOf(t);
            for (int i = 0; i < _size; i++)
            {
                sum[i] += left * TensorPrimitives.Dot(fast.Slice(i * _size, _size), vector);
            }
        }
        float share = _operation.Rate;
        for (int index = t; index >= first && !_operation.IsForgotten(share); index--)
        {
            ReadOnlySpan<float> row = Row(b, index);
            TensorPrimitives.MultiplyAdd(row, share * TensorPrimitives.Dot(row, vector), sum, sum);
            share *= _operation.Decay;
        }
    }
}

/// <summary>Where things lie in the scratch memory of a <see cref="FastRecurrence"/> and of its gradient.</summary>
/// <param name="Rows">Rows, T × B, which are at least as many as sequences.</param>
/// <param name="Size">H.</param>
internal readonly record struct FastScratch(int Rows, int Size)
{
    private int Block => Rows * Size;

    /// <summary>What sequences read of the step before; the history, of up to two rows per row, comes first.</summary>
    public int Before => 2 * Block;

    /// <summary>Sums of one step.</summary>
    public int Sums => 3 * Block;

    /// <summary>One row.</summary>
    public int Sum => 4 * Block;

    /// <summary>Numbers that the outputs need.</summary>
    public int Forward => Sum + Size;

    /// <summary>Gradients of the history.</summary>
    public int Gradients => Forward;

    /// <summary>The weight as it was before it was transposed.</summary>
    public int Weight => Gradients + 2 * Block;

    /// <summary>Rows for one step of one sequence: the output of each read, then three more.</summary>
    public int Vectors => Weight + Size * Size;

    /// <summary>Numbers that the gradient needs.</summary>
    /// <param name="reads">S.</param>
    public int Backward(int reads) => Vectors + (reads + 4) * Size;
}
