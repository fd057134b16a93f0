namespace Agents.Kernels;

/// <summary>Sizes of a convolution without padding. Images are channels-last: <c>[height, width, channels]</c> row-major.</summary>
/// <param name="Height">Rows of the input.</param>
/// <param name="Width">Columns of the input.</param>
/// <param name="Channels">Channels of the input.</param>
/// <param name="Kernel">Side of the kernel, at most <paramref name="Height"/> and <paramref name="Width"/>.</param>
/// <param name="Stride">Pixels between positions.</param>
/// <param name="Filters">Channels of the output.</param>
internal sealed record ConvolutionShape(int Height, int Width, int Channels, int Kernel, int Stride, int Filters)
{
    /// <summary>Rows of the output.</summary>
    public int OutputHeight => (Height - Kernel) / Stride + 1;

    /// <summary>Columns of the output.</summary>
    public int OutputWidth => (Width - Kernel) / Stride + 1;

    /// <summary>Floats of an input.</summary>
    public int InputSize => Height * Width * Channels;

    /// <summary>Floats of an output.</summary>
    public int OutputSize => OutputHeight * OutputWidth * Filters;

    /// <summary>Floats of the input that one number of the output depends on.</summary>
    public int PatchSize => Kernel * Kernel * Channels;

    /// <summary>Multiplications of one image.</summary>
    public long Products => (long)OutputSize * PatchSize;
}
