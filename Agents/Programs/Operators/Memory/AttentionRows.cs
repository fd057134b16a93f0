using System.Numerics.Tensors;

namespace Agents.Programs;

/// <summary>Queries, keys and values of one sequence and head, in the order of time: the memory's rows, then the sequence's own.</summary>
internal readonly ref struct AttentionRows
{
    /// <summary>Input of the sequence's own keys.</summary>
    public const int Keys = 1;

    /// <summary>Input of the sequence's own values.</summary>
    public const int Values = 2;

    private readonly Frame _frame;
    private readonly int _heads;
    private readonly int _length;
    private readonly int _size;
    private readonly int _headSize;

    /// <summary>The rows of a run.</summary>
    public AttentionRows(in Frame frame, RelativeAttention attention, int size)
    {
        _frame = frame;
        _heads = attention.Heads;
        _length = attention.Length;
        _size = size;
        _headSize = size / _heads;
    }

    /// <summary>Copies keys or values.</summary>
    /// <param name="input"><see cref="Keys"/> or <see cref="Values"/>; the memory's are two inputs later.</param>
    /// <param name="to">Destination, <c>[count, head size]</c>.</param>
    /// <param name="b">Sequence.</param>
    /// <param name="head">Head.</param>
    /// <param name="first">First row of time, where row M is the sequence's first step.</param>
    /// <param name="count">Rows.</param>
    public void Gather(int input, Span<float> to, int b, int head, int first, int count)
    {
        ReadOnlySpan<float> own = _frame.Input(input);
        ReadOnlySpan<float> remembered = _frame.Input(input + 2);
        int batch = _frame.Sequences;
        for (int i = 0; i < count; i++)
        {
            int time = first + i;
            ReadOnlySpan<float> from = time < _length ? remembered : own;
            int row = time < _length ? time : time - _length;
            from.Slice((row * batch + b) * _size + head * _headSize, _headSize).CopyTo(to[(i * _headSize)..]);
        }
    }

    /// <summary>Adds rows of keys' or values' gradients to two outputs, the sequence's own and the memory's.</summary>
    public void Scatter(ReadOnlySpan<float> from, int output, int b, int head, int first, int count)
    {
        Span<float> own = _frame.Output(output);
        Span<float> remembered = _frame.Output(output + 2);
        int batch = _frame.Sequences;
        for (int i = 0; i < count; i++)
        {
            int time = first + i;
            Span<float> to = time < _length ? remembered : own;
            int row = time < _length ? time : time - _length;
            Span<float> sum = to.Slice((row * batch + b) * _size + head * _headSize, _headSize);
            TensorPrimitives.Add(sum, from.Slice(i * _headSize, _headSize), sum);
        }
    }

    /// <summary>Writes (q + u) and (q + v), with the factor 1 / √head size, for some steps.</summary>
    public void Queries(Span<float> memory, in AttentionScratch scratch, int b, int head, int first, int count)
    {
        float scale = 1 / MathF.Sqrt(_headSize);
        int batch = _frame.Sequences;
        ReadOnlySpan<float> queries = _frame.Input(0);
        ReadOnlySpan<float> contentBias = _frame.Input(6).Slice(head * _headSize, _headSize);
        ReadOnlySpan<float> positionBias = _frame.Input(7).Slice(head * _headSize, _headSize);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> query = queries.Slice(((first + i) * batch + b) * _size + head * _headSize, _headSize);
            TensorPrimitives.AddMultiply(query, contentBias, scale, memory.Slice(scratch.ForContent + i * _headSize, _headSize));
            TensorPrimitives.AddMultiply(
                query,
                positionBias,
                scale,
                memory.Slice(scratch.ForPosition + i * _headSize, _headSize)
            );
        }
    }
}

/// <summary>Where intermediate numbers of one group of queries lie in an operator's scratch memory.</summary>
internal readonly struct AttentionScratch
{
    /// <summary>Places for the sizes of an attention.</summary>
    public AttentionScratch(RelativeAttention attention, int size)
    {
        int headSize = size / attention.Heads;
        int queries = RelativeAttention.Queries;
        int places = attention.Length + 1;
        MostKeys = queries + attention.Length;
        ForContent = 0;
        ForPosition = ForContent + queries * headSize;
        Mixed = ForPosition + queries * headSize;
        Keys = Mixed + queries * headSize;
        Columns = Keys + MostKeys * headSize;
        Scores = Columns + MostKeys * headSize;
        Weights = Scores + queries * MostKeys;
        ByPlace = Weights + queries * MostKeys;
        Positions = ByPlace + queries * places;
        Size = Positions + size * places;
    }

    /// <summary>Most keys of a group.</summary>
    public int MostKeys { get; }

    /// <summary>Queries for contents, <c>[queries, head size]</c>.</summary>
    public int ForContent { get; }

    /// <summary>Queries for positions, <c>[queries, head size]</c>.</summary>
    public int ForPosition { get; }

    /// <summary>Mixtures, or their gradients, <c>[queries, head size]</c>.</summary>
    public int Mixed { get; }

    /// <summary>Keys or values, <c>[keys, head size]</c>.</summary>
    public int Keys { get; }

    /// <summary>The same transposed.</summary>
    public int Columns { get; }

    /// <summary>Scores, <c>[queries, keys]</c>.</summary>
    public int Scores { get; }

    /// <summary>Weights by key, <c>[queries, keys]</c>.</summary>
    public int Weights { get; }

    /// <summary>Scores by place, <c>[queries, M + 1]</c>.</summary>
    public int ByPlace { get; }

    /// <summary>Keys of positions as rows, <c>[heads][M + 1, head size]</c>.</summary>
    public int Positions { get; }

    /// <summary>Numbers of all.</summary>
    public int Size { get; }
}
