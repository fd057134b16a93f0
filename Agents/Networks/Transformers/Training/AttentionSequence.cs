using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Networks.Transformers.Training;

/// <summary>Relative attention of whole sequences, forward and backward (Dai et al. 2019, section 3.3). Keeps its activations.</summary>
/// <remarks>
/// The keys that a query sees are one stretch of time: from its episode's start, or M steps back, to itself. Rows are time-major with the
/// memory's before the sequence's; for the products of one copy and head they are gathered.
/// </remarks>
internal sealed class AttentionSequence
{
    private readonly int _length;
    private readonly int _width;
    private readonly int _heads;
    private readonly int _headSize;
    private readonly int _projectionSize;
    private readonly Projection _query;
    private readonly Projection _key;
    private readonly Projection _value;
    private readonly Projection _output;
    private readonly ParameterSlot _positionWeight;
    private readonly ParameterSlot _contentBias;
    private readonly ParameterSlot _positionBias;
    private readonly float[] _positions; // [M + 1, width], from the farthest to the query itself
    private readonly float[] _positionRows; // [H][M + 1, head size]
    private readonly float[] _positionColumns; // [H][head size, M + 1]
    private readonly float[] _positionGradients; // as _positionRows
    private float[] _queries = []; // [T × B, P]
    private float[] _keys = []; // [(M + T) × B, P]
    private float[] _values = [];
    private float[] _mixed = []; // [T × B, P]
    private float[] _weights = []; // [B, H, T, M + T]
    private float[] _queryGradients = [];
    private float[] _keyGradients = [];
    private float[] _valueGradients = [];
    private Scratch _scratch = new(0, 0, 0);

    /// <summary>The attention of the slots that begin with <paramref name="name"/>.</summary>
    public AttentionSequence(ParameterLayout layout, string name, NetworkSettings settings)
    {
        TransformerSettings transformer = settings.Transformer;
        _length = transformer.MemoryLength;
        _width = settings.CoreSize;
        _heads = transformer.Heads;
        _headSize = transformer.HeadSize;
        _projectionSize = transformer.ProjectionSize;
        _query = new Projection(layout[name + ".query.weight"]);
        _key = new Projection(layout[name + ".key.weight"]);
        _value = new Projection(layout[name + ".value.weight"]);
        _output = new Projection(layout[name + ".output.weight"]);
        _positionWeight = layout[name + ".position.weight"];
        _contentBias = layout[name + ".content_bias"];
        _positionBias = layout[name + ".position_bias"];
        _positions = RelativePositions.Table(_length, _width);
        _positionRows = new float[_projectionSize * (_length + 1)];
        _positionColumns = new float[_positionRows.Length];
        _positionGradients = new float[_positionRows.Length];
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _query.Refresh(parameters);
        _key.Refresh(parameters);
        _value.Refresh(parameters);
        _output.Refresh(parameters);
        int size = _headSize * (_length + 1);
        for (int head = 0; head < _heads; head++)
        {
            ReadOnlySpan<float> weight = _positionWeight.In(parameters).Slice(head * _headSize * _width, _headSize * _width);
            Span<float> rows = _positionRows.AsSpan(head * size, size);
            for (int place = 0; place <= _length; place++)
            {
                for (int i = 0; i < _headSize; i++)
                {
                    rows[place * _headSize + i] = TensorPrimitives.Dot(
                        weight.Slice(i * _width, _width),
                        _positions.AsSpan(place * _width, _width)
                    );
                }
            }
            Transposition.Copy(rows, _positionColumns.AsSpan(head * size, size), _length + 1, _headSize);
        }
    }

    /// <summary>Writes what the sub-layer gives.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="z">Rows of the memory, then of the sequence, <c>[M + T, B, width]</c>.</param>
    /// <param name="firstKeys">First row of time that a query sees for its episode's sake, <c>[T, B]</c>.</param>
    /// <param name="output">Destination, <c>[T, B, width]</c>.</param>
    /// <param name="steps">T.</param>
    /// <param name="batch">B.</param>
    public void Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> z,
        ReadOnlySpan<int> firstKeys,
        Span<float> output,
        int steps,
        int batch
    )
    {
        int rows = steps * batch;
        int allRows = (_length + steps) * batch;
        EnsureCapacity(steps, batch);
        _query.Forward(z[(_length * batch * _width)..], _width, _queries.AsSpan(0, rows * _projectionSize), rows);
        _key.Forward(z, _width, _keys.AsSpan(0, allRows * _projectionSize), allRows);
        _value.Forward(z, _width, _values.AsSpan(0, allRows * _projectionSize), allRows);
        for (int b = 0; b < batch; b++)
        {
            for (int head = 0; head < _heads; head++)
            {
                Attend(parameters, firstKeys, b, head, steps, batch);
            }
        }
        _output.Forward(_mixed, _projectionSize, output, rows);
    }

    /// <summary>Adds the parameters' gradient, and writes that of the latest rows.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="z">Rows of the forward pass.</param>
    /// <param name="outputGradient">Gradient of the output, <c>[T, B, width]</c>.</param>
    /// <param name="rowGradient">Destination, as long as <paramref name="z"/>.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="steps">T.</param>
    /// <param name="batch">B.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> z,
        ReadOnlySpan<float> outputGradient,
        Span<float> rowGradient,
        Span<float> gradient,
        int steps,
        int batch
    )
    {
        int rows = steps * batch;
        int allRows = (_length + steps) * batch;
        Span<float> mixedGradient = _queryGradients.AsSpan(0, rows * _projectionSize);
        mixedGradient.Clear();
        _output.Backward(parameters, _mixed, outputGradient, mixedGradient, gradient, rows);
        Array.Clear(_positionGradients);
        for (int b = 0; b < batch; b++)
        {
            for (int head = 0; head < _heads; head++)
            {
                AttendGradient(parameters, gradient, b, head, steps, batch);
            }
        }
        int size = _headSize * (_length + 1);
        for (int head = 0; head < _heads; head++)
        {
            ReadOnlySpan<float> positions = _positionGradients.AsSpan(head * size, size);
            Span<float> weight = _positionWeight.In(gradient).Slice(head * _headSize * _width, _headSize * _width);
            MatrixProduct.Multiply(
                positions,
                1,
                _headSize,
                _positions,
                [],
                weight,
                _headSize,
                _width,
                _length + 1,
                accumulate: true
            );
        }
        rowGradient = rowGradient[..(allRows * _width)];
        rowGradient.Clear();
        int own = _length * batch * _width;
        _query.Backward(parameters, z[own..], _queryGradients, rowGradient[own..], gradient, rows);
        _key.Backward(parameters, z, _keyGradients, rowGradient, gradient, allRows);
        _value.Backward(parameters, z, _valueGradients, rowGradient, gradient, allRows);
    }

    private void Attend(ReadOnlySpan<float> parameters, ReadOnlySpan<int> firstKeys, int b, int head, int steps, int batch)
    {
        int keys = _length + steps;
        Scratch scratch = _scratch;
        GatherQueries(parameters, b, head, steps, batch);
        Gather(_keys, scratch.Keys, b, head, keys, batch);
        Transposition.Copy(scratch.Keys, scratch.Columns, keys, _headSize);
        Gather(_values, scratch.Values, b, head, keys, batch);
        Span<float> weights = Weights(b, head, steps);
        MatrixProduct.Multiply(scratch.ForContent, _headSize, 1, scratch.Columns, [], weights, steps, keys, _headSize, false);
        ReadOnlySpan<float> positions = _positionColumns.AsSpan(head * _headSize * (_length + 1), _headSize * (_length + 1));
        MatrixProduct.Multiply(
            scratch.ForPosition,
            _headSize,
            1,
            positions,
            [],
            scratch.ByPlace,
            steps,
            _length + 1,
            _headSize,
            false
        );
        for (int t = 0; t < steps; t++)
        {
            Span<float> row = weights.Slice(t * keys, keys);
            int first = Math.Max(t, firstKeys[t * batch + b]);
            int end = t + _length + 1;
            row[..first].Clear();
            row[end..].Clear();
            Span<float> seen = row[first..end];
            TensorPrimitives.Add(seen, scratch.ByPlace.AsSpan(t * (_length + 1) + first - t, seen.Length), seen);
            TensorPrimitives.Subtract(seen, TensorPrimitives.Max<float>(seen), seen);
            TensorPrimitives.Exp(seen, seen);
            TensorPrimitives.Divide(seen, TensorPrimitives.Sum<float>(seen), seen);
        }
        MatrixProduct.Multiply(weights, keys, 1, scratch.Values, [], scratch.Mixed, steps, _headSize, keys, false);
        Scatter(scratch.Mixed, _mixed, b, head, steps, batch);
    }

    private void AttendGradient(ReadOnlySpan<float> parameters, Span<float> gradient, int b, int head, int steps, int batch)
    {
        int keys = _length + steps;
        float scale = 1 / MathF.Sqrt(_headSize);
        Scratch scratch = _scratch;
        Gather(_queryGradients, scratch.Mixed, b, head, steps, batch); // of the mixture, whose place the queries' gradient takes
        Gather(_values, scratch.Values, b, head, keys, batch);
        Transposition.Copy(scratch.Values, scratch.Columns, keys, _headSize);
        Span<float> weights = Weights(b, head, steps);
        Span<float> scores = scratch.Scores.AsSpan(0, steps * keys);
        MatrixProduct.Multiply(scratch.Mixed, _headSize, 1, scratch.Columns, [], scores, steps, keys, _headSize, false);
        MatrixProduct.Multiply(weights, 1, keys, scratch.Mixed, [], scratch.Values, keys, _headSize, steps, false);
        Scatter(scratch.Values, _valueGradients, b, head, keys, batch);
        for (int t = 0; t < steps; t++)
        {
            // Softmax: a (g − Σ a g); unseen keys have weight 0.
            Span<float> row = scores.Slice(t * keys, keys);
            ReadOnlySpan<float> weight = weights.Slice(t * keys, keys);
            TensorPrimitives.Subtract(row, TensorPrimitives.Dot(row, weight), row);
            TensorPrimitives.Multiply(row, weight, row);
            row.Slice(t, _length + 1).CopyTo(scratch.ByPlace.AsSpan(t * (_length + 1)));
        }
        GatherQueries(parameters, b, head, steps, batch);
        Gather(_keys, scratch.Keys, b, head, keys, batch);
        Span<float> query = scratch.Mixed; // gradient of q + u, then of q + v, each before the scale
        MatrixProduct.Multiply(scores, keys, 1, scratch.Keys, [], query, steps, _headSize, keys, false);
        AddScaledSums(query, scale, _contentBias.In(gradient).Slice(head * _headSize, _headSize));
        MatrixProduct.Multiply(scores, 1, keys, scratch.ForContent, [], scratch.Keys, keys, _headSize, steps, false);
        Scatter(scratch.Keys, _keyGradients, b, head, keys, batch);

        int size = _headSize * (_length + 1);
        Span<float> positions = _positionGradients.AsSpan(head * size, size);
        MatrixProduct.Multiply(
            scratch.ByPlace,
            1,
            _length + 1,
            scratch.ForPosition,
            [],
            positions,
            _length + 1,
            _headSize,
            steps,
            true
        );
        Span<float> byPosition = scratch.ForPosition.AsSpan(0, steps * _headSize);
        ReadOnlySpan<float> rows = _positionRows.AsSpan(head * size, size);
        MatrixProduct.Multiply(scratch.ByPlace, _length + 1, 1, rows, [], byPosition, steps, _headSize, _length + 1, false);
        AddScaledSums(byPosition, scale, _positionBias.In(gradient).Slice(head * _headSize, _headSize));
        query = query[..byPosition.Length];
        TensorPrimitives.AddMultiply(query, byPosition, scale, query);
        Scatter(query, _queryGradients, b, head, steps, batch);
    }

    private Span<float> Weights(int b, int head, int steps)
    {
        int size = steps * (_length + steps);
        return _weights.AsSpan((b * _heads + head) * size, size);
    }

    // (q + u) and (q + v), with the factor 1/√head size, [T, head size].
    private void GatherQueries(ReadOnlySpan<float> parameters, int b, int head, int steps, int batch)
    {
        float scale = 1 / MathF.Sqrt(_headSize);
        ReadOnlySpan<float> u = _contentBias.In(parameters).Slice(head * _headSize, _headSize);
        ReadOnlySpan<float> v = _positionBias.In(parameters).Slice(head * _headSize, _headSize);
        for (int t = 0; t < steps; t++)
        {
            ReadOnlySpan<float> query = _queries.AsSpan((t * batch + b) * _projectionSize + head * _headSize, _headSize);
            TensorPrimitives.AddMultiply(query, u, scale, _scratch.ForContent.AsSpan(t * _headSize, _headSize));
            TensorPrimitives.AddMultiply(query, v, scale, _scratch.ForPosition.AsSpan(t * _headSize, _headSize));
        }
    }

    private void Gather(float[] from, float[] to, int b, int head, int rows, int batch)
    {
        for (int t = 0; t < rows; t++)
        {
            from.AsSpan((t * batch + b) * _projectionSize + head * _headSize, _headSize).CopyTo(to.AsSpan(t * _headSize));
        }
    }

    private void Scatter(ReadOnlySpan<float> from, float[] to, int b, int head, int rows, int batch)
    {
        for (int t = 0; t < rows; t++)
        {
            from.Slice(t * _headSize, _headSize).CopyTo(to.AsSpan((t * batch + b) * _projectionSize + head * _headSize));
        }
    }

    private void AddScaledSums(ReadOnlySpan<float> rows, float scale, Span<float> sums)
    {
        for (int row = 0; row + _headSize <= rows.Length; row += _headSize)
        {
            TensorPrimitives.MultiplyAdd(rows.Slice(row, _headSize), scale, sums, sums);
        }
    }

    private void EnsureCapacity(int steps, int batch)
    {
        int rows = steps * batch * _projectionSize;
        int allRows = (_length + steps) * batch * _projectionSize;
        int weights = batch * _heads * steps * (_length + steps);
        if (_queries.Length < rows || _keys.Length < allRows || _weights.Length < weights)
        {
            (_queries, _mixed, _queryGradients) = (new float[rows], new float[rows], new float[rows]);
            (_keys, _values) = (new float[allRows], new float[allRows]);
            (_keyGradients, _valueGradients) = (new float[allRows], new float[allRows]);
            _weights = new float[weights];
        }
        if (_scratch.Steps != steps)
        {
            _scratch = new Scratch(steps, _length, _headSize);
        }
    }

    // Rows of one copy and head.
    private sealed class Scratch(int steps, int length, int headSize)
    {
        public int Steps => steps;
        public float[] ForContent { get; } = new float[steps * headSize];
        public float[] ForPosition { get; } = new float[steps * headSize];
        public float[] Keys { get; } = new float[(length + steps) * headSize];
        public float[] Values { get; } = new float[(length + steps) * headSize];
        public float[] Columns { get; } = new float[(length + steps) * headSize]; // [head size, M + T]
        public float[] Mixed { get; } = new float[steps * headSize];
        public float[] ByPlace { get; } = new float[steps * (length + 1)];
        public float[] Scores { get; } = new float[steps * (length + steps)];
    }
}
