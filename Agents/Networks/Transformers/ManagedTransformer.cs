using System.Numerics.Tensors;
using Agents.Kernels;
using Agents.Networks.Managed;
using Agents.Networks.Transformers.Training;

namespace Agents.Networks.Transformers;

/// <summary>The transformer core in plain C#: one step at a time over ring buffers, as acting does it, or a sequence at once for its gradient.</summary>
/// <remarks>
/// A step costs the arithmetic of one query per layer, however long the sequences are; the rings are the core state and are advanced in
/// place. A sequence without gradient is its steps one after the other, so that both give the same bits. Layouts of Parisotto et al. 2020, section 3.1.
/// </remarks>
internal sealed class ManagedTransformer : ManagedCore
{
    private readonly MemoryShape _memory;
    private readonly bool _normalizesFirst;
    private readonly DenseLayer _embedding;
    private readonly Layer[] _layers;
    private readonly Lazy<TransformerSequence> _training; // actors never make it
    private bool _ranForGradient;
    private bool _trainingIsStale = true;
    private float[] _outputs = []; // [T, B, width]
    private int[] _ages = []; // [B]
    private float[] _standard = []; // [B, width]: rows at mean 0 and deviation 1
    private float[] _inverse = []; // [B]
    private float[] _normalized = []; // [B, width]
    private float[] _output = []; // [B, width]: of a sub-layer
    private float[] _hidden = []; // [B, F]

    /// <summary>The core of the slots that begin with <paramref name="name"/>.</summary>
    public ManagedTransformer(ParameterLayout layout, string name, NetworkSettings settings)
    {
        _memory = new MemoryShape(settings);
        _normalizesFirst = settings.Transformer.NormalizesFirst;
        _embedding = new DenseLayer(layout, name + ".embedding");
        _training = new Lazy<TransformerSequence>(() => new TransformerSequence(layout, name, settings));
        _layers = [.. Enumerable.Range(0, _memory.Layers).Select(i => new Layer(layout, $"{name}.{i}", settings))];
    }

    /// <summary>Layers, L.</summary>
    public int Layers => _layers.Length;

    /// <summary>Earlier steps that a query sees, M.</summary>
    public int MemoryLength => _memory.Length;

    /// <inheritdoc/>
    public override void Refresh(ReadOnlySpan<float> parameters)
    {
        _trainingIsStale = true;
        _embedding.Refresh(parameters);
        foreach (Layer layer in _layers)
        {
            layer.Attention.Refresh(parameters);
            layer.First.Refresh(parameters);
            layer.Second.Refresh(parameters);
            layer.AttentionGate?.Refresh(parameters);
            layer.FeedForwardGate?.Refresh(parameters);
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Output(int rows) =>
        _ranForGradient ? _training.Value.Output(rows) : _outputs.AsSpan(0, rows * _memory.Width);

    /// <summary>How much the latest query of a copy looked at each distance in a layer and head, <c>[M + 1]</c>; 0 is itself.</summary>
    public void ReadAttention(int layer, int head, int copy, Span<float> byDistance) =>
        _layers[layer].Attention.ReadWeights(copy, head, byDistance);

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        int rows,
        scoped in SequenceState sequence
    )
    {
        _ranForGradient = sequence.ForGradient;
        if (_ranForGradient)
        {
            if (_trainingIsStale)
            {
                _training.Value.Refresh(parameters);
                _trainingIsStale = false;
            }
            return _training.Value.Forward(parameters, x, rows, sequence);
        }
        int batch = rows / sequence.Steps;
        int width = _memory.Width;
        EnsureCapacity(rows, batch);
        Span<float> outputs = _outputs.AsSpan(0, rows * width);
        _embedding.Forward(parameters, x, outputs, rows);
        for (int t = 0; t < sequence.Steps; t++)
        {
            Step(parameters, outputs.Slice(t * batch * width, batch * width), t * batch, sequence);
        }
        return outputs;
    }

    /// <inheritdoc/>
    public override void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows,
        scoped in SequenceState sequence
    )
    {
        _training.Value.Backward(parameters, x, outputGradient, inputGradient, gradient, rows, sequence);
    }

    private void Step(ReadOnlySpan<float> parameters, Span<float> stream, int firstRow, scoped in SequenceState sequence)
    {
        int batch = stream.Length / _memory.Width;
        int stride = sequence.CoreState.Length / batch;
        Span<int> ages = _ages.AsSpan(0, batch);
        for (int b = 0; b < batch; b++)
        {
            Span<float> state = sequence.CoreState.Slice(b * stride + sequence.Offset, _memory.StateSize);
            ages[b] = sequence.EpisodeStarts[firstRow + b] ? 0 : _memory.AgeOf(state);
            if (ages[b] == 0)
            {
                state.Clear();
            }
            state[_memory.RingSize] = _memory.Next(ages[b]);
        }
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            int ring = sequence.Offset + layer * _memory.Length * _memory.Width;
            StepLayer(_layers[layer], parameters, stream, sequence.CoreState, stride, ring, ages);
        }
    }

    private void StepLayer(
        Layer layer,
        ReadOnlySpan<float> parameters,
        Span<float> x,
        Span<float> states,
        int stride,
        int ring,
        ReadOnlySpan<int> ages
    )
    {
        int batch = ages.Length;
        Span<float> output = _output.AsSpan(0, x.Length);
        Span<float> standard = _standard.AsSpan(0, x.Length);
        if (!_normalizesFirst)
        {
            // Y = LN(E + attention), E' = LN(Y + f(Y))
            layer.Attention.Step(parameters, x, x, states, stride, ring, ages, output);
            TensorPrimitives.Add(x, output, output);
            Normalize(layer.AttentionGain, layer.AttentionOffset, parameters, output, standard, x, batch);
            FeedForward(layer, parameters, x, output, batch);
            TensorPrimitives.Add(x, output, output);
            Normalize(layer.FeedForwardGain, layer.FeedForwardOffset, parameters, output, standard, x, batch);
            return;
        }
        // Y = g(E, relu(attention(LN([memory, E])))), E' = g(Y, relu(f(LN(Y))))
        Span<float> normalized = _normalized.AsSpan(0, x.Length);
        Normalize(layer.AttentionGain, layer.AttentionOffset, parameters, x, standard, normalized, batch);
        layer.Attention.Step(parameters, normalized, standard, states, stride, ring, ages, output);
        Elementwise.Relu(output);
        layer.AttentionGate!.Apply(parameters, x, output, batch);
        Normalize(layer.FeedForwardGain, layer.FeedForwardOffset, parameters, x, standard, normalized, batch);
        FeedForward(layer, parameters, normalized, output, batch);
        Elementwise.Relu(output);
        layer.FeedForwardGate!.Apply(parameters, x, output, batch);
    }

    private void FeedForward(Layer layer, ReadOnlySpan<float> parameters, ReadOnlySpan<float> x, Span<float> output, int batch)
    {
        Span<float> hidden = _hidden.AsSpan(0, batch * layer.First.Outputs);
        layer.First.Forward(parameters, x, hidden, batch);
        Elementwise.Relu(hidden);
        layer.Second.Forward(parameters, hidden, output, batch);
    }

    private void Normalize(
        ParameterSlot gain,
        ParameterSlot bias,
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        Span<float> standard,
        Span<float> normalized,
        int batch
    ) => LayerNorm.Forward(x, gain.In(parameters), bias.In(parameters), standard, _inverse.AsSpan(0, batch), normalized);

    private void EnsureCapacity(int rows, int batch)
    {
        int width = _memory.Width;
        if (_outputs.Length < rows * width)
        {
            _outputs = new float[rows * width];
        }
        if (_ages.Length < batch)
        {
            _ages = new int[batch];
            _standard = new float[batch * width];
            _inverse = new float[batch];
            _normalized = new float[batch * width];
            _output = new float[batch * width];
            _hidden = new float[batch * _layers[0].First.Outputs];
        }
    }

    private sealed class Layer
    {
        public Layer(ParameterLayout layout, string name, NetworkSettings settings)
        {
            string attention = name + ".attention";
            string feedForward = name + ".feed_forward";
            TransformerSettings transformer = settings.Transformer;
            Attention = new ManagedAttention(layout, attention, settings);
            AttentionGain = layout[attention + ".norm.weight"];
            AttentionOffset = layout[attention + ".norm.bias"];
            FeedForwardGain = layout[feedForward + ".norm.weight"];
            FeedForwardOffset = layout[feedForward + ".norm.bias"];
            First = new DenseLayer(layout, feedForward + ".0");
            Second = new DenseLayer(layout, feedForward + ".1");
            if (transformer.NormalizesFirst)
            {
                AttentionGate = new ManagedGate(layout, attention + ".gate", transformer.Gate, settings.CoreSize);
                FeedForwardGate = new ManagedGate(layout, feedForward + ".gate", transformer.Gate, settings.CoreSize);
            }
        }

        public ManagedAttention Attention { get; }
        public ParameterSlot AttentionGain { get; }
        public ParameterSlot AttentionOffset { get; }
        public ParameterSlot FeedForwardGain { get; }
        public ParameterSlot FeedForwardOffset { get; }
        public DenseLayer First { get; }
        public DenseLayer Second { get; }
        public ManagedGate? AttentionGate { get; }
        public ManagedGate? FeedForwardGate { get; }
    }
}
