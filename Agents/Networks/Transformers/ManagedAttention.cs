using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Networks.Transformers;

/// <summary>Relative attention of one query per copy over its ring buffer, in plain C# (Dai et al. 2019, section 3.3).</summary>
/// <remarks>
/// Keys and values of the memory are never computed. A score needs (q + u) · W_K z = W_Kᵀ (q + u) · z, so the query goes to the rows instead of
/// the rows to the query, and the rows are mixed before W_V: per step and copy H × M × width products each, where projecting the memory
/// anew would take heads × head size times as many. With pre-normalisation z = gain x̂ + bias of stored rows x̂: the gain joins the query and the
/// mixture, and the bias adds the same to all scores of a query, which the softmax does not see.
/// </remarks>
internal sealed class ManagedAttention
{
    private readonly MemoryShape _memory;
    private readonly int _heads;
    private readonly int _headSize;
    private readonly int _projectionSize;
    private readonly bool _normalized;
    private readonly Projection _query;
    private readonly Projection _value;
    private readonly Projection _output;
    private readonly ParameterSlot _keyWeight;
    private readonly ParameterSlot _positionWeight;
    private readonly ParameterSlot _contentBias;
    private readonly ParameterSlot _positionBias;
    private readonly ParameterSlot _gain;
    private readonly ParameterSlot _bias;
    private readonly float[] _positions; // [M + 1, width], from the farthest to the query itself
    private readonly float[] _positionKeys; // [H][head size, M + 1]
    private readonly float[] _positionRows; // [M + 1, head size], scratch
    private int _batch;
    private float[] _queries = []; // [B, H × head size]
    private float[] _shifted = []; // [B, H × head size]
    private float[] _keys = []; // [H][B, width]: W_Kᵀ (q + u)
    private float[] _byDistance = []; // [H][B, M + 1]
    private float[] _weights = []; // [B, H, M + 1]: of the ring's rows, then of the query's own
    private float[] _contexts = []; // [B, H, width]
    private float[] _values = []; // [B, head size]
    private int[] _next = []; // [B]: row of the ring that the latest step wrote
    private int[] _filled = []; // [B]: rows of the ring that it saw

    /// <summary>The attention of the slots that begin with <paramref name="name"/>.</summary>
    public ManagedAttention(ParameterLayout layout, string name, NetworkSettings settings)
    {
        TransformerSettings transformer = settings.Transformer;
        _memory = new MemoryShape(settings);
        _heads = transformer.Heads;
        _headSize = transformer.HeadSize;
        _projectionSize = transformer.ProjectionSize;
        _normalized = transformer.NormalizesFirst;
        _query = new Projection(layout[name + ".query.weight"]);
        _value = new Projection(layout[name + ".value.weight"]) { BlockSize = _headSize };
        _output = new Projection(layout[name + ".output.weight"]);
        _keyWeight = layout[name + ".key.weight"];
        _positionWeight = layout[name + ".position.weight"];
        _contentBias = layout[name + ".content_bias"];
        _positionBias = layout[name + ".position_bias"];
        _gain = layout[name + ".norm.weight"];
        _bias = layout[name + ".norm.bias"];
        _positions = RelativePositions.Table(_memory.Length, _memory.Width);
        _positionKeys = new float[_projectionSize * (_memory.Length + 1)];
        _positionRows = new float[_headSize * (_memory.Length + 1)];
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _query.Refresh(parameters);
        _value.Refresh(parameters);
        _output.Refresh(parameters);
        int width = _memory.Width;
        int distances = _memory.Length + 1;
        int headWeights = _headSize * width;
        for (int head = 0; head < _heads; head++)
        {
            // W_R of the head, [head size, width], times the sinusoids' transpose.
            ReadOnlySpan<float> weight = _positionWeight.In(parameters).Slice(head * headWeights, headWeights);
            for (int distance = 0; distance < distances; distance++)
            {
                ReadOnlySpan<float> position = _positions.AsSpan(distance * width, width);
                for (int i = 0; i < _headSize; i++)
                {
                    _positionRows[distance * _headSize + i] = TensorPrimitives.Dot(weight.Slice(i * width, width), position);
                }
            }
            Span<float> keys = _positionKeys.AsSpan(head * _headSize * distances, _headSize * distances);
            Transposition.Copy(_positionRows, keys, distances, _headSize);
        }
    }

    /// <summary>Attends from the current rows to themselves and to the rings, and then writes them into the rings.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="z">What queries are made of, <c>[B, width]</c>.</param>
    /// <param name="stored">The rows as the ring keeps them, <c>[B, width]</c>; with post-normalisation the same as <paramref name="z"/>.</param>
    /// <param name="states">Core states of all copies.</param>
    /// <param name="stride">Floats between copies' states.</param>
    /// <param name="ring">Where the layer's ring begins in the first copy's state.</param>
    /// <param name="ages">Age of each copy's episode, <c>[B]</c>.</param>
    /// <param name="output">Destination, <c>[B, width]</c>.</param>
    public void Step(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> z,
        ReadOnlySpan<float> stored,
        Span<float> states,
        int stride,
        int ring,
        ReadOnlySpan<int> ages,
        Span<float> output
    )
    {
        int batch = ages.Length;
        EnsureBatch(batch);
        WriteQueries(parameters, z, batch);
        int width = _memory.Width;
        int contextSize = _heads * width;
        for (int b = 0; b < batch; b++)
        {
            Span<float> rows = states.Slice(b * stride + ring, _memory.Length * width);
            ReadOnlySpan<float> own = stored.Slice(b * width, width);
            _next[b] = ages[b] % _memory.Length;
            _filled[b] = Math.Min(ages[b], _memory.Length);
            Mix(b, rows, own, _contexts.AsSpan(b * contextSize, contextSize));
            own.CopyTo(rows[(_next[b] * width)..]);
        }
        Span<float> contexts = _contexts.AsSpan(0, batch * contextSize);
        if (_normalized)
        {
            ReadOnlySpan<float> gain = _gain.In(parameters);
            ReadOnlySpan<float> bias = _bias.In(parameters);
            for (int row = 0; row < contexts.Length; row += width)
            {
                // The weights of a mixture sum to 1, so the bias enters once.
                TensorPrimitives.MultiplyAdd(contexts.Slice(row, width), gain, bias, contexts.Slice(row, width));
            }
        }
        output.Clear();
        Span<float> values = _values.AsSpan(0, batch * _headSize);
        for (int head = 0; head < _heads; head++)
        {
            _value.Forward(contexts[(head * width)..], contextSize, values, batch, head);
            _output.AddInputs(values, output, batch, head * _headSize, _headSize);
        }
    }

    /// <summary>How much the latest query of a copy looked at each distance, <c>[M + 1]</c>: 0 is itself; 0 where the episode has no such step.</summary>
    public void ReadWeights(int copy, int head, Span<float> byDistance)
    {
        byDistance.Clear();
        ReadOnlySpan<float> weights = WeightsOf(copy, head);
        byDistance[0] = weights[_filled[copy]];
        for (int row = 0; row < _filled[copy]; row++)
        {
            int distance = _next[copy] - row;
            byDistance[distance > 0 ? distance : distance + _memory.Length] = weights[row];
        }
    }

    private Span<float> WeightsOf(int copy, int head) =>
        _weights.AsSpan((copy * _heads + head) * (_memory.Length + 1), _memory.Length + 1);

    // Scores of contents in terms of rows, and of distances, with the factor 1/√head size in both.
    private void WriteQueries(ReadOnlySpan<float> parameters, ReadOnlySpan<float> z, int batch)
    {
        int width = _memory.Width;
        int distances = _memory.Length + 1;
        int size = batch * _projectionSize;
        float scale = 1 / MathF.Sqrt(_headSize);
        Span<float> queries = _queries.AsSpan(0, size);
        Span<float> shifted = _shifted.AsSpan(0, size);
        _query.Forward(z, width, queries, batch);
        Shift(queries, _contentBias.In(parameters), scale, shifted);
        ReadOnlySpan<float> keyWeight = _keyWeight.In(parameters);
        for (int head = 0; head < _heads; head++)
        {
            int first = head * _headSize;
            ReadOnlySpan<float> weight = keyWeight.Slice(first * width, _headSize * width);
            Span<float> keys = _keys.AsSpan(head * batch * width, batch * width);
            MatrixProduct.Multiply(shifted[first..], _projectionSize, 1, weight, [], keys, batch, width, _headSize, false);
            for (int b = 0; _normalized && b < batch; b++)
            {
                Span<float> key = keys.Slice(b * width, width);
                TensorPrimitives.Multiply(key, _gain.In(parameters), key);
            }
        }
        Shift(queries, _positionBias.In(parameters), scale, shifted);
        for (int head = 0; head < _heads; head++)
        {
            int first = head * _headSize;
            ReadOnlySpan<float> keys = _positionKeys.AsSpan(first * distances, _headSize * distances);
            Span<float> scores = _byDistance.AsSpan(head * batch * distances, batch * distances);
            MatrixProduct.Multiply(shifted[first..], _projectionSize, 1, keys, [], scores, batch, distances, _headSize, false);
        }
    }

    private void Shift(ReadOnlySpan<float> queries, ReadOnlySpan<float> bias, float scale, Span<float> shifted)
    {
        for (int row = 0; row < queries.Length; row += _projectionSize)
        {
            Span<float> destination = shifted.Slice(row, _projectionSize);
            TensorPrimitives.AddMultiply(queries.Slice(row, _projectionSize), bias, scale, destination);
        }
    }

    // Scores, softmax and mixture of the rows that a copy's query sees.
    private void Mix(int b, ReadOnlySpan<float> rows, ReadOnlySpan<float> own, Span<float> contexts)
    {
        int batch = _batch;
        int width = _memory.Width;
        int length = _memory.Length;
        int filled = _filled[b];
        int next = _next[b];
        for (int head = 0; head < _heads; head++)
        {
            ReadOnlySpan<float> key = _keys.AsSpan((head * batch + b) * width, width);
            ReadOnlySpan<float> byDistance = _byDistance.AsSpan((head * batch + b) * (length + 1), length + 1);
            Span<float> weights = WeightsOf(b, head)[..(filled + 1)];
            if (filled > 0)
            {
                DotProducts.Multiply(rows, key, [0f], weights, filled);
                // Rows before the next one to write lie 1, 2 … steps back from there; those behind it are the oldest.
                int newer = Math.Min(next, filled);
                TensorPrimitives.Add(weights[..newer], byDistance.Slice(length - next, newer), weights[..newer]);
                Span<float> older = weights[newer..filled];
                TensorPrimitives.Add(older, byDistance[..older.Length], older);
            }
            weights[filled] = TensorPrimitives.Dot(key, own) + byDistance[length];
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.Exp(weights, weights);
            TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights), weights);
        }
        if (filled == 0)
        {
            contexts.Clear();
        }
        else
        {
            ReadOnlySpan<float> all = _weights.AsSpan(b * _heads * (length + 1), _heads * (length + 1));
            MatrixProduct.Multiply(all, length + 1, 1, rows, [], contexts, _heads, width, filled, accumulate: false);
        }
        for (int head = 0; head < _heads; head++)
        {
            Span<float> context = contexts.Slice(head * width, width);
            TensorPrimitives.MultiplyAdd(own, WeightsOf(b, head)[filled], context, context);
        }
    }

    private void EnsureBatch(int batch)
    {
        _batch = batch;
        if (_next.Length >= batch)
        {
            return;
        }
        _queries = new float[batch * _projectionSize];
        _shifted = new float[batch * _projectionSize];
        _keys = new float[batch * _heads * _memory.Width];
        _byDistance = new float[batch * _heads * (_memory.Length + 1)];
        _weights = new float[batch * _heads * (_memory.Length + 1)];
        _contexts = new float[batch * _heads * _memory.Width];
        _values = new float[batch * _headSize];
        _next = new int[batch];
        _filled = new int[batch];
    }
}
