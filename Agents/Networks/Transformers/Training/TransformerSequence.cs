using Agents.Networks.Managed;

namespace Agents.Networks.Transformers.Training;

/// <summary>The transformer core over whole sequences in plain C#, forward and backward, for the gradient of a minibatch.</summary>
/// <remarks>Gives what <see cref="ManagedTransformer"/> gives step by step, to rounding. Gradients stop at the memory from before step 0.</remarks>
internal sealed class TransformerSequence
{
    private readonly MemoryShape _memory;
    private readonly DenseLayer _embedding;
    private readonly LayerSequence[] _layers;
    private float[] _outputs = []; // [T, B, width]
    private float[] _gradient = [];
    private int[] _firstKeys = []; // [T, B]

    /// <summary>The core of the slots that begin with <paramref name="name"/>.</summary>
    public TransformerSequence(ParameterLayout layout, string name, NetworkSettings settings)
    {
        _memory = new MemoryShape(settings);
        _embedding = new DenseLayer(layout, name + ".embedding");
        _layers = [.. Enumerable.Range(0, _memory.Layers).Select(i => new LayerSequence(layout, $"{name}.{i}", settings))];
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _embedding.Refresh(parameters);
        foreach (LayerSequence layer in _layers)
        {
            layer.Refresh(parameters);
        }
    }

    /// <summary>Output of the latest forward pass, <c>[T, B, width]</c>.</summary>
    public ReadOnlySpan<float> Output(int rows) => _outputs.AsSpan(0, rows * _memory.Width);

    /// <inheritdoc cref="ManagedCore.Forward"/>
    /// <remarks>Leaves the core state as it is: a minibatch begins anew from the stored one.</remarks>
    public ReadOnlySpan<float> Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        int rows,
        scoped in SequenceState sequence
    )
    {
        int steps = sequence.Steps;
        int batch = rows / steps;
        if (_outputs.Length < rows * _memory.Width)
        {
            (_outputs, _gradient) = (new float[rows * _memory.Width], new float[rows * _memory.Width]);
            _firstKeys = new int[rows];
        }
        Span<float> outputs = _outputs.AsSpan(0, rows * _memory.Width);
        _embedding.Forward(parameters, x, outputs, rows);
        ReadMemory(sequence, batch);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].Forward(parameters, outputs, _firstKeys, steps, batch);
        }
        return outputs;
    }

    /// <inheritdoc cref="ManagedCore.Backward"/>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows,
        scoped in SequenceState sequence
    )
    {
        int batch = rows / sequence.Steps;
        Span<float> stream = _gradient.AsSpan(0, rows * _memory.Width);
        outputGradient[..stream.Length].CopyTo(stream);
        for (int layer = _layers.Length - 1; layer >= 0; layer--)
        {
            _layers[layer].Backward(parameters, stream, gradient, sequence.Steps, batch);
        }
        _embedding.Backward(parameters, x, stream, inputGradient, gradient, rows);
    }

    // Rings to rows in the order of time, and what each query may see: row M + t of time is step t.
    private void ReadMemory(scoped in SequenceState sequence, int batch)
    {
        int length = _memory.Length;
        int width = _memory.Width;
        int stride = sequence.CoreState.Length / batch;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            Span<float> memory = _layers[layer].Memory(sequence.Steps, batch);
            for (int b = 0; b < batch; b++)
            {
                Span<float> state = sequence.CoreState.Slice(b * stride + sequence.Offset, _memory.StateSize);
                int age = _memory.AgeOf(state);
                for (int row = 0; row < length; row++)
                {
                    int slot = (age + row) % length;
                    state.Slice((layer * length + slot) * width, width).CopyTo(memory[((row * batch + b) * width)..]);
                }
            }
        }
        for (int b = 0; b < batch; b++)
        {
            Span<float> state = sequence.CoreState.Slice(b * stride + sequence.Offset, _memory.StateSize);
            int first = length - Math.Min(_memory.AgeOf(state), length);
            for (int t = 0; t < sequence.Steps; t++)
            {
                int row = t * batch + b;
                first = sequence.EpisodeStarts[row] ? length + t : first;
                _firstKeys[row] = first;
            }
        }
    }
}
