using System.Numerics.Tensors;
using Agents.Kernels;
using Agents.Networks.Managed;

namespace Agents.Networks.Transformers.Training;

/// <summary>A layer over whole sequences, forward and backward (Parisotto et al. 2020, section 3.1). Keeps its activations.</summary>
internal sealed class LayerSequence
{
    private readonly int _length;
    private readonly int _width;
    private readonly bool _normalizesFirst;
    private readonly AttentionSequence _attention;
    private readonly GateSequence _attentionGate;
    private readonly GateSequence _feedForwardGate;
    private readonly NormSequence _attentionNorm;
    private readonly NormSequence _feedForwardNorm;
    private readonly DenseLayer _first;
    private readonly DenseLayer _second;
    private float[] _memory = []; // [M, B, width], rows as the ring keeps them
    private float[] _z = []; // [M + T, B, width], what attention reads
    private float[] _attended = []; // [T, B, width]: of the sub-layer, behind the rectifier where there is one
    private float[] _middle = []; // between the sub-layers
    private float[] _read = []; // what the perceptron reads
    private float[] _hidden = []; // [T, B, F]
    private float[] _perceived = [];
    private float[] _rowGradient = []; // as _z
    private float[] _subGradient = []; // [T, B, width]
    private float[] _hiddenGradient = [];

    /// <summary>The layer of the slots that begin with <paramref name="name"/>.</summary>
    public LayerSequence(ParameterLayout layout, string name, NetworkSettings settings)
    {
        TransformerSettings transformer = settings.Transformer;
        string attention = name + ".attention";
        string feedForward = name + ".feed_forward";
        _length = transformer.MemoryLength;
        _width = settings.CoreSize;
        _normalizesFirst = transformer.NormalizesFirst;
        _attention = new AttentionSequence(layout, attention, settings);
        _attentionGate = new GateSequence(layout, attention + ".gate", transformer.Gate, _width);
        _feedForwardGate = new GateSequence(layout, feedForward + ".gate", transformer.Gate, _width);
        _attentionNorm = new NormSequence(layout, attention + ".norm");
        _feedForwardNorm = new NormSequence(layout, feedForward + ".norm");
        _first = new DenseLayer(layout, feedForward + ".0");
        _second = new DenseLayer(layout, feedForward + ".1");
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _attention.Refresh(parameters);
        _attentionGate.Refresh(parameters);
        _feedForwardGate.Refresh(parameters);
        _first.Refresh(parameters);
        _second.Refresh(parameters);
    }

    /// <summary>Room for the memory of B copies, <c>[M, B, width]</c>, oldest first, to be filled before <see cref="Forward"/>.</summary>
    public Span<float> Memory(int steps, int batch)
    {
        int rows = steps * batch * _width;
        int memory = _length * batch * _width;
        if (_attended.Length < rows || _memory.Length < memory || _z.Length < rows + memory)
        {
            _memory = new float[memory];
            (_z, _rowGradient) = (new float[memory + rows], new float[memory + rows]);
            (_attended, _middle, _read, _perceived) = (new float[rows], new float[rows], new float[rows], new float[rows]);
            _subGradient = new float[rows];
            _hidden = new float[steps * batch * _first.Outputs];
            _hiddenGradient = new float[_hidden.Length];
        }
        return _memory.AsSpan(0, memory);
    }

    /// <summary>Runs the layer.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Stream, <c>[T, B, width]</c>; the layer's output on return.</param>
    /// <param name="firstKeys">First row of time that a query sees for its episode's sake, <c>[T, B]</c>.</param>
    /// <param name="steps">T.</param>
    /// <param name="batch">B.</param>
    public void Forward(ReadOnlySpan<float> parameters, Span<float> x, ReadOnlySpan<int> firstKeys, int steps, int batch)
    {
        int rows = steps * batch;
        int size = rows * _width;
        int memorySize = _length * batch * _width;
        Span<float> z = _z.AsSpan(0, memorySize + size);
        Span<float> attended = _attended.AsSpan(0, size);
        Span<float> middle = _middle.AsSpan(0, size);
        Span<float> perceived = _perceived.AsSpan(0, size);
        if (_normalizesFirst)
        {
            _attentionNorm.Scale(parameters, _memory.AsSpan(0, memorySize), z[..memorySize]);
            _attentionNorm.Forward(parameters, x, z[memorySize..], rows);
            _attention.Forward(parameters, z, firstKeys, attended, steps, batch);
            Elementwise.Relu(attended);
            _attentionGate.Forward(parameters, x, attended, middle, rows);
            Span<float> read = _read.AsSpan(0, size);
            _feedForwardNorm.Forward(parameters, middle, read, rows);
            Perceive(parameters, read, perceived, rows);
            Elementwise.Relu(perceived);
            _feedForwardGate.Forward(parameters, middle, perceived, x, rows);
            return;
        }
        _memory.AsSpan(0, memorySize).CopyTo(z);
        x.CopyTo(z[memorySize..]);
        _attention.Forward(parameters, z, firstKeys, attended, steps, batch);
        TensorPrimitives.Add(x, attended, attended);
        _attentionNorm.Forward(parameters, attended, middle, rows);
        Perceive(parameters, middle, perceived, rows);
        TensorPrimitives.Add(middle, perceived, perceived);
        _feedForwardNorm.Forward(parameters, perceived, x, rows);
    }

    /// <summary>Adds the parameters' gradient, and turns that of the output into that of the input.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Gradient, <c>[T, B, width]</c>.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="steps">T.</param>
    /// <param name="batch">B.</param>
    public void Backward(ReadOnlySpan<float> parameters, Span<float> x, Span<float> gradient, int steps, int batch)
    {
        int rows = steps * batch;
        int size = rows * _width;
        int memorySize = _length * batch * _width;
        Span<float> sub = _subGradient.AsSpan(0, size);
        Span<float> z = _z.AsSpan(0, memorySize + size);
        Span<float> rowGradient = _rowGradient.AsSpan(0, memorySize + size);
        if (_normalizesFirst)
        {
            _feedForwardGate.Backward(parameters, x, sub, gradient, rows);
            Elementwise.ReluGradient(_perceived, sub);
            PerceiveGradient(parameters, _read, sub, gradient, rows);
            _feedForwardNorm.Backward(parameters, sub, gradient, rows);
            TensorPrimitives.Add(x, sub, x);
            _attentionGate.Backward(parameters, x, sub, gradient, rows);
            Elementwise.ReluGradient(_attended, sub);
            _attention.Backward(parameters, z, sub, rowGradient, gradient, steps, batch);
            _attentionNorm.ScaleGradient(_memory.AsSpan(0, memorySize), rowGradient[..memorySize], gradient);
            Span<float> own = rowGradient[memorySize..];
            _attentionNorm.Backward(parameters, own, gradient, rows);
            TensorPrimitives.Add(x, own, x);
            return;
        }
        _feedForwardNorm.Backward(parameters, x, gradient, rows);
        x.CopyTo(sub);
        PerceiveGradient(parameters, _middle, sub, gradient, rows);
        TensorPrimitives.Add(x, sub, x);
        _attentionNorm.Backward(parameters, x, gradient, rows);
        _attention.Backward(parameters, z, x, rowGradient, gradient, steps, batch);
        TensorPrimitives.Add(x, rowGradient[memorySize..], x);
    }

    private void Perceive(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x, Span<float> output, int rows)
    {
        Span<float> hidden = _hidden.AsSpan(0, rows * _first.Outputs);
        _first.Forward(parameters, x, hidden, rows);
        Elementwise.Relu(hidden);
        _second.Forward(parameters, hidden, output, rows);
    }

    // From the gradient of the perceptron's output to that of its input, in place.
    private void PerceiveGradient(ReadOnlySpan<float> parameters, float[] input, Span<float> x, Span<float> gradient, int rows)
    {
        Span<float> hidden = _hidden.AsSpan(0, rows * _first.Outputs);
        Span<float> hiddenGradient = _hiddenGradient.AsSpan(0, hidden.Length);
        _second.Backward(parameters, hidden, x, hiddenGradient, gradient, rows);
        Elementwise.ReluGradient(hidden, hiddenGradient);
        _first.Backward(parameters, input.AsSpan(0, rows * _width), hiddenGradient, x, gradient, rows);
    }
}
