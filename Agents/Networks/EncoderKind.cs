namespace Agents.Networks;

/// <summary>How an observation is read before the dense layers.</summary>
public enum EncoderKind
{
    /// <summary>Convolutions for images, which are boxes of bytes with three or four dimensions and sides of 3 or more; everything else goes into the dense layers.</summary>
    Auto,

    /// <summary>Dense layers on all numbers of the observation, images included.</summary>
    Mlp,

    /// <summary>Convolutions as in <see cref="Auto"/>, also for smaller ones, boxes of bytes with two dimensions, and boxes of real numbers with three or four.</summary>
    Conv,
}
