using Agents.Networks.Encoders;

namespace Agents.Networks.Managed;

/// <summary>Encoder and core of the actor, of the critic, or of both. Keeps the activations of the latest forward pass for the backward one.</summary>
internal sealed class ManagedTrunk
{
    // A one-hot row has at most this share of numbers other than 0 to be worth walking through.
    private const int SparseShare = 8;

    private readonly EncoderPlan _plan;
    private readonly ConvolutionEncoder? _convolutions;
    private readonly DenseLayer[] _layers;
    private readonly float[][] _outputs;
    private readonly ManagedCore? _core;
    private float[] _gradient = [];
    private float[] _nextGradient = [];

    /// <summary>The trunk whose slots begin with <paramref name="prefix"/>.</summary>
    public ManagedTrunk(ParameterLayout layout, string prefix, NetworkSpec spec)
    {
        _plan = spec.Plan;
        _convolutions = ConvolutionEncoder.Create(layout, prefix, _plan);
        bool sparse =
            _convolutions is null && _plan.Features.Parts.Sum(part => part.NonZeros) * SparseShare <= _plan.Features.Size;
        _layers = [.. _plan.HiddenSizes.Select((_, i) => new DenseLayer(layout, $"{prefix}encoder.{i}", sparse && i == 0))];
        _outputs = [.. _layers.Select(_ => Array.Empty<float>())];
        _core = ManagedCore.Create(layout, $"{prefix}core", spec.Settings);
        OutputSize = spec.TrunkSize;
    }

    /// <summary>The memory; null without one.</summary>
    public ManagedCore? Core => _core;

    /// <summary>Numbers that a row has behind the trunk.</summary>
    public int OutputSize { get; }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _convolutions?.Refresh(parameters);
        foreach (DenseLayer layer in _layers)
        {
            layer.Refresh(parameters);
        }
        _core?.Refresh(parameters);
    }

    /// <summary>Runs rows of features through the trunk; the result is valid until the next call.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="features"><c>[T, B, FeatureSize]</c>.</param>
    /// <param name="rows">T × B.</param>
    /// <param name="sequence">Steps, episode starts and core state, where there is a core.</param>
    public ReadOnlySpan<float> Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> features,
        int rows,
        scoped in SequenceState sequence
    )
    {
        _convolutions?.Forward(parameters, features, rows);
        ReadOnlySpan<float> input = Convolved(features, rows);
        for (int i = 0; i < _layers.Length; i++)
        {
            int size = rows * _layers[i].Outputs;
            if (_outputs[i].Length < size)
            {
                _outputs[i] = new float[size];
            }
            Span<float> output = _outputs[i].AsSpan(0, size);
            _layers[i].Forward(parameters, input, output, rows);
            Activations.Apply(_plan.Activation, output);
            input = output;
        }
        return _core is null ? input : _core.Forward(parameters, input, rows, sequence);
    }

    /// <summary>What the latest forward pass over these features gave, <c>[rows, OutputSize]</c>.</summary>
    public ReadOnlySpan<float> Output(ReadOnlySpan<float> features, int rows) =>
        _core is not null ? _core.Output(rows) : Encoded(features, rows);

    private ReadOnlySpan<float> Encoded(ReadOnlySpan<float> features, int rows) =>
        _layers.Length == 0 ? Convolved(features, rows) : _outputs[^1].AsSpan(0, rows * _layers[^1].Outputs);

    private ReadOnlySpan<float> Convolved(ReadOnlySpan<float> features, int rows) =>
        _convolutions is null ? features : _convolutions.Output(rows);

    /// <summary>Room for a second gradient of the output, to be added to the first; <see cref="Backward"/> overwrites it.</summary>
    public Span<float> SecondGradient(int rows) => _nextGradient.AsSpan(0, rows * OutputSize);

    /// <summary>A buffer for the gradient of the trunk's output, <c>[rows, OutputSize]</c>; hand it to <see cref="Backward"/> filled.</summary>
    public Span<float> OutputGradient(int rows)
    {
        int widest = Math.Max(OutputSize, _convolutions is null ? 0 : _plan.EncodedSize);
        foreach (DenseLayer layer in _layers)
        {
            widest = Math.Max(widest, layer.Outputs);
        }
        if (_gradient.Length < rows * widest)
        {
            _gradient = new float[rows * widest];
            _nextGradient = new float[rows * widest];
        }
        return _gradient.AsSpan(0, rows * OutputSize);
    }

    /// <summary>Adds the parameters' gradient to <paramref name="gradient"/>, from the filled <see cref="OutputGradient"/>.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="features">Features of the forward pass.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">T × B.</param>
    /// <param name="sequence">Steps and episode starts of the forward pass.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> features,
        Span<float> gradient,
        int rows,
        scoped in SequenceState sequence
    )
    {
        if (_core is not null)
        {
            bool continues = _layers.Length > 0 || _convolutions is not null;
            Span<float> encodedGradient = continues ? _nextGradient.AsSpan(0, rows * _plan.OutputSize) : [];
            _core.Backward(
                parameters,
                Encoded(features, rows),
                _gradient.AsSpan(0, rows * OutputSize),
                encodedGradient,
                gradient,
                rows,
                sequence
            );
            (_gradient, _nextGradient) = (_nextGradient, _gradient);
        }
        for (int i = _layers.Length - 1; i >= 0; i--)
        {
            DenseLayer layer = _layers[i];
            Span<float> outputGradient = _gradient.AsSpan(0, rows * layer.Outputs);
            ReadOnlySpan<float> output = _outputs[i].AsSpan(0, rows * layer.Outputs);
            Activations.Gradient(_plan.Activation, output, outputGradient);
            ReadOnlySpan<float> input = i == 0 ? Convolved(features, rows) : _outputs[i - 1].AsSpan(0, rows * layer.Inputs);
            Span<float> inputGradient = i == 0 && _convolutions is null ? [] : _nextGradient.AsSpan(0, rows * layer.Inputs);
            layer.Backward(parameters, input, outputGradient, inputGradient, gradient, rows);
            (_gradient, _nextGradient) = (_nextGradient, _gradient);
        }
        _convolutions?.Backward(parameters, features, _gradient, gradient, rows);
    }
}
