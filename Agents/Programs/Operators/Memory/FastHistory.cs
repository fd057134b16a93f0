using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>
/// What steps of a <see cref="FastRecurrence"/> read: outputs of earlier steps, those of a sequence beside each other, and a matrix per sequence that holds the
/// outputs of earlier chunks of steps.
/// </summary>
/// <remarks>Row 0 of a sequence is from before it, and row t + 1 is the output of step t. Step t itself reads rows up to t.</remarks>
internal readonly ref struct FastHistory
{
    private readonly FastRecurrence _operation;
    private readonly FastScratch _scratch;
    private readonly int _steps;
    private readonly int _batch;
    private readonly int _size;
    private readonly Span<float> _rows;
    private readonly Span<float> _matrices; // of each sequence, at the beginning of each chunk but the first
    private readonly ReadOnlySpan<float> _keep;
    private readonly ReadOnlySpan<float> _initial;

    /// <summary>The history of a run, which holds the outputs from before the sequences.</summary>
    public FastHistory(FastRecurrence operation, in Frame frame, int steps, int size)
    {
        (_operation, _steps, _size) = (operation, steps, size);
        _batch = frame.Sequences;
        _scratch = new FastScratch(steps * _batch, size);
        _rows = frame.Scratch[..((steps + 1) * _batch * size)];
        Before = frame.Scratch.Slice(_scratch.Before, _batch * size);
        Sums = frame.Scratch.Slice(_scratch.Sums, _batch * size);
        Sum = frame.Scratch.Slice(_scratch.Sum, size);
        _matrices = frame.Scratch.Slice(_scratch.Matrices, (steps - 1) / _scratch.Chunk * _batch * size * size);
        _keep = frame.Input(4);
        _initial = frame.Input(6);
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

    /// <summary>A row of a sequence.</summary>
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

    /// <summary>Whether a chunk but the first begins with a step.</summary>
    public bool Begins(int t) => t > 0 && t % _scratch.Chunk == 0;

    /// <summary>First row of the chunk of a step.</summary>
    public int ChunkOf(int t) => t - t % _scratch.Chunk;

    /// <summary>
    /// The first row of a step's chunk that belongs to the step's episode; the row behind the step's own where it starts one, and the first of the chunk where the
    /// episode may have begun before it.
    /// </summary>
    public int FirstOf(int t, int b)
    {
        int chunk = ChunkOf(t);
        int first = t + 1;
        while (first > chunk && _keep[(first - 1) * _batch + b] != 0)
        {
            first--;
        }
        return first;
    }

    /// <summary>The fast weights that the chunk of a step begins with, where the step reads them; else empty.</summary>
    public ReadOnlySpan<float> MatrixOf(int t, int b, int first)
    {
        int chunk = t / _scratch.Chunk;
        return first != ChunkOf(t) ? []
            : chunk == 0 ? _initial.Slice(b * _size * _size, _size * _size)
            : Matrix(chunk, b);
    }

    /// <summary>The share of that matrix that is left in a step.</summary>
    public float ShareOf(int t) => MathF.Pow(_operation.Decay, t % _scratch.Chunk + 1);

    /// <summary>Makes the matrices that the chunk of a step begins with, of the chunk before: A of the step before.</summary>
    public void BeginChunk(int t)
    {
        for (int b = 0; b < _batch; b++)
        {
            Span<float> matrix = Matrix(t / _scratch.Chunk, b);
            int first = FirstOf(t - 1, b);
            ReadOnlySpan<float> old = MatrixOf(t - 1, b, first);
            matrix.Clear();
            if (!old.IsEmpty)
            {
                TensorPrimitives.Multiply(old, ShareOf(t - 1), matrix);
            }
            float share = _operation.Rate;
            for (int index = t - 1; index >= first && !_operation.IsForgotten(share); index--)
            {
                ReadOnlySpan<float> row = Row(b, index);
                for (int i = 0; i < _size; i++)
                {
                    Span<float> sums = matrix.Slice(i * _size, _size);
                    TensorPrimitives.MultiplyAdd(row, share * row[i], sums, sums);
                }
                share *= _operation.Decay;
            }
        }
    }

    /// <summary>Adds A v of a step.</summary>
    public void AddReading(int t, int b, ReadOnlySpan<float> vector, Span<float> sum)
    {
        int first = FirstOf(t, b);
        ReadOnlySpan<float> matrix = MatrixOf(t, b, first);
        if (matrix.ContainsAnyExcept(0f))
        {
            float left = ShareOf(t);
            for (int i = 0; i < _size; i++)
            {
                sum[i] += left * TensorPrimitives.Dot(matrix.Slice(i * _size, _size), vector);
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

    private Span<float> Matrix(int chunk, int b) => _matrices.Slice(((chunk - 1) * _batch + b) * _size * _size, _size * _size);
}

/// <summary>Where things lie in the scratch memory of a <see cref="FastRecurrence"/> and of its gradient.</summary>
/// <param name="Rows">Rows, T × B, which are at least as many as sequences.</param>
/// <param name="Size">H.</param>
internal readonly record struct FastScratch(int Rows, int Size)
{
    private int Block => Rows * Size;

    /// <summary>Steps whose outputs are attended to one by one; those before are held by a matrix, which costs as much to read as H steps.</summary>
    public int Chunk => Math.Max(8, Size);

    /// <summary>What sequences read of the step before; the history, of up to two rows per row, comes first.</summary>
    public int Before => 2 * Block;

    /// <summary>Sums of one step.</summary>
    public int Sums => 3 * Block;

    /// <summary>One row.</summary>
    public int Sum => 4 * Block;

    /// <summary>Matrices of all chunks but the first.</summary>
    public int Matrices => Sum + Size;

    /// <summary>Numbers that the outputs need.</summary>
    public int Forward => Matrices + Rows / Chunk * Size * Size;

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
