using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Encoders;

/// <summary>One convolution of an image encoder: a square kernel, no padding, the network's activation behind it.</summary>
public sealed record ConvolutionSettings
{
    /// <summary>Channels of the output.</summary>
    /// <value>1 to 4,096. Default 16.</value>
    [Range(1, 4_096)]
    public int Channels { get; init; } = 16;

    /// <summary>Pixels along each side of the kernel.</summary>
    /// <value>1 to 64. Default 3.</value>
    [Range(1, 64)]
    public int Kernel { get; init; } = 3;

    /// <summary>Pixels between neighbouring positions of the kernel.</summary>
    /// <value>1 to 64. Default 1.</value>
    [Range(1, 64)]
    public int Stride { get; init; } = 1;
}
