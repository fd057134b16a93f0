using System.Numerics.Tensors;

namespace Agents.Kernels;

/// <summary>A convolution of channels-last images and its gradients, one image at a time.</summary>
/// <remarks>
/// One row of the kernel over one row of the output is a matrix product whose left side are the image's own floats, overlapping: pixels a
/// stride apart are rows, the kernel row's numbers columns. So no patches are copied.
/// </remarks>
internal static class Convolutions
{
    /// <summary>Writes the output of an image.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="image"><c>[Height, Width, Channels]</c>.</param>
    /// <param name="transposedWeight"><c>[PatchSize, Filters]</c>.</param>
    /// <param name="bias"><c>[Filters]</c>.</param>
    /// <param name="output">Destination, <c>[OutputHeight, OutputWidth, Filters]</c>.</param>
    public static void Forward(
        ConvolutionShape shape,
        ReadOnlySpan<float> image,
        ReadOnlySpan<float> transposedWeight,
        ReadOnlySpan<float> bias,
        Span<float> output
    )
    {
        (int kernelRow, int imageRow, int outputRow) = RowsOf(shape);
        for (int outputY = 0; outputY < shape.OutputHeight; outputY++)
        {
            for (int kernelY = 0; kernelY < shape.Kernel; kernelY++)
            {
                MatrixProduct.Multiply(
                    image[((outputY * shape.Stride + kernelY) * imageRow)..],
                    shape.Stride * shape.Channels,
                    1,
                    transposedWeight[(kernelY * kernelRow * shape.Filters)..],
                    bias,
                    output[(outputY * outputRow)..],
                    shape.OutputWidth,
                    shape.Filters,
                    kernelRow,
                    accumulate: kernelY > 0
                );
            }
        }
    }

    /// <summary>Adds to the gradient of the transposed weight.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="image"><c>[Height, Width, Channels]</c>.</param>
    /// <param name="outputGradient"><c>[OutputHeight, OutputWidth, Filters]</c>.</param>
    /// <param name="transposedGradient">Added to, <c>[PatchSize, Filters]</c>.</param>
    public static void AddWeightGradient(
        ConvolutionShape shape,
        ReadOnlySpan<float> image,
        ReadOnlySpan<float> outputGradient,
        Span<float> transposedGradient
    )
    {
        (int kernelRow, int imageRow, int outputRow) = RowsOf(shape);
        for (int outputY = 0; outputY < shape.OutputHeight; outputY++)
        {
            for (int kernelY = 0; kernelY < shape.Kernel; kernelY++)
            {
                MatrixProduct.Multiply(
                    image[((outputY * shape.Stride + kernelY) * imageRow)..],
                    1,
                    shape.Stride * shape.Channels,
                    outputGradient[(outputY * outputRow)..],
                    [],
                    transposedGradient[(kernelY * kernelRow * shape.Filters)..],
                    kernelRow,
                    shape.Filters,
                    shape.OutputWidth,
                    accumulate: true
                );
            }
        }
    }

    /// <summary>Writes the gradient of an image.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="outputGradient"><c>[OutputHeight, OutputWidth, Filters]</c>.</param>
    /// <param name="weight"><c>[Filters, PatchSize]</c>.</param>
    /// <param name="inputGradient">Destination, <c>[Height, Width, Channels]</c>.</param>
    /// <param name="patches">Scratch, <c>[OutputWidth, PatchSize]</c>.</param>
    public static void InputGradient(
        ConvolutionShape shape,
        ReadOnlySpan<float> outputGradient,
        ReadOnlySpan<float> weight,
        Span<float> inputGradient,
        Span<float> patches
    )
    {
        (int kernelRow, int imageRow, int outputRow) = RowsOf(shape);
        inputGradient.Clear();
        for (int outputY = 0; outputY < shape.OutputHeight; outputY++)
        {
            MatrixProduct.Multiply(
                outputGradient[(outputY * outputRow)..],
                shape.Filters,
                1,
                weight,
                [],
                patches,
                shape.OutputWidth,
                shape.PatchSize,
                shape.Filters,
                accumulate: false
            );
            for (int outputX = 0; outputX < shape.OutputWidth; outputX++)
            {
                for (int kernelY = 0; kernelY < shape.Kernel; kernelY++)
                {
                    int first = (outputY * shape.Stride + kernelY) * imageRow + outputX * shape.Stride * shape.Channels;
                    Span<float> pixels = inputGradient.Slice(first, kernelRow);
                    TensorPrimitives.Add(
                        pixels,
                        patches.Slice(outputX * shape.PatchSize + kernelY * kernelRow, kernelRow),
                        pixels
                    );
                }
            }
        }
    }

    private static (int KernelRow, int ImageRow, int OutputRow) RowsOf(ConvolutionShape shape) =>
        (shape.Kernel * shape.Channels, shape.Width * shape.Channels, shape.OutputWidth * shape.Filters);
}
