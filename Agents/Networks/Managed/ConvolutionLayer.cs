using Agents.Kernels;
using Agents.Networks.Encoders;

namespace Agents.Networks.Managed;

/// <summary>A convolution of channels-last images, forward and backward, on a flat parameter buffer.</summary>
/// <remarks>
/// One row of the kernel over one row of the output is a matrix product whose left side are the image's own floats, overlapping: pixels a
/// stride apart are rows, the kernel row's numbers columns. So no patches are copied. Inputs that are mostly 0 are walked through instead.
/// </remarks>
internal sealed class ConvolutionLayer
{
    // More inputs times kernel positions than this make the table of connections larger than the caches.
    private const long LargestTable = 32_768;

    private readonly ParameterSlot _weight;
    private readonly ParameterSlot _bias;
    private readonly float[] _transposed; // [PatchSize, Filters]
    private readonly float[] _transposedGradient;
    private readonly float[] _patches; // gradients of the patches of one row of output, [OutputWidth, PatchSize]
    private readonly SparseConnections? _connections;

    /// <summary>The layer of the slots <c>name.weight</c> and <c>name.bias</c>.</summary>
    /// <param name="layout">Where the slots are.</param>
    /// <param name="name">Their common name.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="sparse">Whether most floats of the input are likely to be 0.</param>
    public ConvolutionLayer(ParameterLayout layout, string name, ConvolutionShape shape, bool sparse)
    {
        Shape = shape;
        _weight = layout[name + ".weight"];
        _bias = layout[name + ".bias"];
        _transposed = new float[_weight.Size];
        _transposedGradient = new float[_weight.Size];
        _patches = new float[shape.OutputWidth * shape.PatchSize];
        bool fits = (long)shape.OutputHeight * shape.OutputWidth * shape.PatchSize <= LargestTable;
        _connections = sparse && fits ? new SparseConnections(shape) : null;
    }

    /// <summary>Sizes.</summary>
    public ConvolutionShape Shape { get; }

    private int KernelRow => Shape.Kernel * Shape.Channels;

    private int ImageRow => Shape.Width * Shape.Channels;

    private int OutputRow => Shape.OutputWidth * Shape.Filters;

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters) =>
        Transposition.Copy(_weight.In(parameters), _transposed, Shape.Filters, Shape.PatchSize);

    /// <summary>Writes the output for rows of images.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Images of <c>[Height, Width, Channels]</c>.</param>
    /// <param name="xStride">Floats from one image to the next.</param>
    /// <param name="y">Destination, <c>[rows, OutputHeight, OutputWidth, Filters]</c>.</param>
    /// <param name="rows">Images.</param>
    public void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x, int xStride, Span<float> y, int rows)
    {
        ReadOnlySpan<float> bias = _bias.In(parameters);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> image = x.Slice(row * xStride, Shape.InputSize);
            Span<float> output = y.Slice(row * Shape.OutputSize, Shape.OutputSize);
            if (_connections is not null)
            {
                Repeat(bias, output);
                _connections.Add(image, _transposed, output);
                continue;
            }
            Convolutions.Forward(Shape, image, _transposed, bias, output);
        }
    }

    /// <summary>Adds the gradient of weight and bias, and writes that of the input.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Images of the forward pass.</param>
    /// <param name="xStride">Floats from one image to the next.</param>
    /// <param name="outputGradient">Gradient of the output, <c>[rows, OutputSize]</c>.</param>
    /// <param name="inputGradient">Destination, <c>[rows, InputSize]</c>; empty where nothing needs it.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">Images.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        int xStride,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows
    )
    {
        Array.Clear(_transposedGradient);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> image = x.Slice(row * xStride, Shape.InputSize);
            ReadOnlySpan<float> rowGradient = outputGradient.Slice(row * Shape.OutputSize, Shape.OutputSize);
            if (_connections is not null)
            {
                _connections.AddWeightGradient(image, rowGradient, _transposedGradient);
            }
            else
            {
                Convolutions.AddWeightGradient(Shape, image, rowGradient, _transposedGradient);
            }
            if (!inputGradient.IsEmpty)
            {
                Convolutions.InputGradient(
                    Shape,
                    rowGradient,
                    _weight.In(parameters),
                    inputGradient.Slice(row * Shape.InputSize, Shape.InputSize),
                    _patches
                );
            }
        }
        Transposition.Add(_transposedGradient, _weight.In(gradient), Shape.PatchSize, Shape.Filters);
        Elementwise.AddColumnSums(outputGradient[..(rows * Shape.OutputSize)], _bias.In(gradient));
    }

    private static void Repeat(ReadOnlySpan<float> bias, Span<float> output)
    {
        bias.CopyTo(output);
        for (int filled = bias.Length; filled < output.Length; filled *= 2)
        {
            output[..Math.Min(filled, output.Length - filled)].CopyTo(output[filled..]);
        }
    }
}
