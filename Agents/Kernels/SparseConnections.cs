namespace Agents.Kernels;

/// <summary>Which weights join each input of a convolution with which outputs, for inputs that are mostly 0. A dense layer is one of a single pixel.</summary>
internal sealed class SparseConnections
{
    private readonly int[] _starts;
    private readonly int[] _outputs;
    private readonly int[] _weights;
    private readonly int _filters;

    /// <summary>The connections of a convolution.</summary>
    public SparseConnections(ConvolutionShape shape)
    {
        _filters = shape.Filters;
        _starts = new int[shape.InputSize + 1];
        var outputs = new List<int>();
        var weights = new List<int>();
        for (int element = 0; element < shape.InputSize; element++)
        {
            int channel = element % shape.Channels;
            int x = element / shape.Channels % shape.Width;
            int y = element / shape.Channels / shape.Width;
            for (int kernelY = y % shape.Stride; kernelY < shape.Kernel && kernelY <= y; kernelY += shape.Stride)
            {
                int outputY = (y - kernelY) / shape.Stride;
                for (int kernelX = x % shape.Stride; kernelX < shape.Kernel && kernelX <= x; kernelX += shape.Stride)
                {
                    int outputX = (x - kernelX) / shape.Stride;
                    if (outputY < shape.OutputHeight && outputX < shape.OutputWidth)
                    {
                        outputs.Add((outputY * shape.OutputWidth + outputX) * _filters);
                        weights.Add(((kernelY * shape.Kernel + kernelX) * shape.Channels + channel) * _filters);
                    }
                }
            }
            _starts[element + 1] = outputs.Count;
        }
        _outputs = [.. outputs];
        _weights = [.. weights];
    }

    /// <summary>Adds to one row of the output.</summary>
    /// <param name="x">Input, <c>[InputSize]</c>.</param>
    /// <param name="transposedWeight"><c>[PatchSize, Filters]</c>.</param>
    /// <param name="y">Output, <c>[OutputSize]</c>.</param>
    public void Add(ReadOnlySpan<float> x, ReadOnlySpan<float> transposedWeight, Span<float> y) =>
        SparseProduct.Add(x, _starts, _outputs, _weights, transposedWeight, y, _filters);

    /// <summary>Adds to the gradient of the transposed weight.</summary>
    /// <param name="x">Input, <c>[InputSize]</c>.</param>
    /// <param name="outputGradient"><c>[OutputSize]</c>.</param>
    /// <param name="transposedGradient"><c>[PatchSize, Filters]</c>.</param>
    public void AddWeightGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> outputGradient, Span<float> transposedGradient) =>
        SparseProduct.AddWeightGradient(x, _starts, _outputs, _weights, outputGradient, transposedGradient, _filters);
}
