using Agents.Networks.Encoders;

namespace Agents.Networks.Managed;

/// <summary>The convolutions of all images of an observation, and the features beside them. Keeps activations for the backward pass.</summary>
internal sealed class ConvolutionEncoder
{
    private readonly EncoderPlan _plan;
    private readonly ConvolutionLayer[][] _layers; // by part of the features
    private readonly float[][][] _outputs; // by part and layer
    private readonly int _widest;
    private float[] _joined = [];
    private float[] _gradient = [];
    private float[] _nextGradient = [];

    private ConvolutionEncoder(ParameterLayout layout, string prefix, EncoderPlan plan)
    {
        _plan = plan;
        _layers =
        [
            .. plan.Convolutions.Select(
                (shapes, part) =>
                    shapes
                        .Select(
                            (shape, i) =>
                                new ConvolutionLayer(
                                    layout,
                                    prefix + plan.ConvolutionName(part, i),
                                    shape,
                                    sparse: i == 0 && plan.Features.Parts[part].IsSparse
                                )
                        )
                        .ToArray()
            ),
        ];
        _outputs = [.. _layers.Select(layers => layers.Select(_ => Array.Empty<float>()).ToArray())];
        _widest = plan.Convolutions.SelectMany(shapes => shapes).Max(shape => shape.OutputSize);
    }

    /// <summary>The convolutions whose slots begin with <paramref name="prefix"/>; null where there are none.</summary>
    public static ConvolutionEncoder? Create(ParameterLayout layout, string prefix, EncoderPlan plan) =>
        plan.Convolutions.Any(shapes => shapes.Length > 0) ? new ConvolutionEncoder(layout, prefix, plan) : null;

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        foreach (ConvolutionLayer[] layers in _layers)
        {
            foreach (ConvolutionLayer layer in layers)
            {
                layer.Refresh(parameters);
            }
        }
    }

    /// <summary>Encodes rows of features.</summary>
    public void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, int rows)
    {
        int stride = _plan.Features.Size;
        for (int part = 0; part < _layers.Length; part++)
        {
            FeaturePart source = _plan.Features.Parts[part];
            ReadOnlySpan<float> input = features[source.Offset..];
            int inputStride = stride;
            for (int i = 0; i < _layers[part].Length; i++)
            {
                ConvolutionLayer layer = _layers[part][i];
                int size = rows * layer.Shape.OutputSize;
                if (_outputs[part][i].Length < size)
                {
                    _outputs[part][i] = new float[size];
                }
                Span<float> output = _outputs[part][i].AsSpan(0, size);
                layer.Forward(parameters, input, inputStride, output, rows);
                Activations.Apply(_plan.Activation, output);
                input = output;
                inputStride = layer.Shape.OutputSize;
            }
            if (_layers.Length > 1)
            {
                Join(part, input, inputStride, rows);
            }
        }
    }

    /// <summary>What the latest forward pass gave, <c>[rows, EncodedSize]</c>.</summary>
    public ReadOnlySpan<float> Output(int rows) =>
        (_layers.Length > 1 ? _joined : _outputs[0][^1]).AsSpan(0, rows * _plan.EncodedSize);

    /// <summary>Adds the parameters' gradient.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="features">Features of the forward pass.</param>
    /// <param name="encodedGradient">Gradient of the output, <c>[rows, EncodedSize]</c>.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">Rows of the batch.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> features,
        ReadOnlySpan<float> encodedGradient,
        Span<float> gradient,
        int rows
    )
    {
        if (_gradient.Length < rows * _widest)
        {
            _gradient = new float[rows * _widest];
            _nextGradient = new float[rows * _widest];
        }
        int place = 0;
        for (int part = 0; part < _layers.Length; part++)
        {
            int size = _plan.EncodedSizes[part];
            ConvolutionLayer[] layers = _layers[part];
            if (layers.Length > 0)
            {
                for (int row = 0; row < rows; row++)
                {
                    encodedGradient.Slice(row * _plan.EncodedSize + place, size).CopyTo(_gradient.AsSpan(row * size));
                }
            }
            for (int i = layers.Length - 1; i >= 0; i--)
            {
                ConvolutionLayer layer = layers[i];
                Span<float> outputGradient = _gradient.AsSpan(0, rows * layer.Shape.OutputSize);
                Activations.Gradient(_plan.Activation, _outputs[part][i].AsSpan(0, outputGradient.Length), outputGradient);
                layer.Backward(
                    parameters,
                    i == 0 ? features[_plan.Features.Parts[part].Offset..] : _outputs[part][i - 1],
                    i == 0 ? _plan.Features.Size : layer.Shape.InputSize,
                    outputGradient,
                    i == 0 ? [] : _nextGradient.AsSpan(0, rows * layer.Shape.InputSize),
                    gradient,
                    rows
                );
                (_gradient, _nextGradient) = (_nextGradient, _gradient);
            }
            place += size;
        }
    }

    private void Join(int part, ReadOnlySpan<float> encoded, int stride, int rows)
    {
        if (_joined.Length < rows * _plan.EncodedSize)
        {
            _joined = new float[rows * _plan.EncodedSize];
        }
        int place = 0;
        for (int i = 0; i < part; i++)
        {
            place += _plan.EncodedSizes[i];
        }
        int size = _plan.EncodedSizes[part];
        for (int row = 0; row < rows; row++)
        {
            encoded.Slice(row * stride, size).CopyTo(_joined.AsSpan(row * _plan.EncodedSize + place));
        }
    }
}
