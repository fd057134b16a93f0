namespace Agents.Networks.Encoders;

/// <summary>How an observation is read before the dense layers.</summary>
public enum EncoderKind
{
    /// <summary>Convolutions for images, which are boxes with three or four dimensions and sides of 3 or more; everything else goes into the dense layers.</summary>
    Auto,

    /// <summary>Dense layers on all numbers of the observation, images included.</summary>
    Mlp,

    /// <summary>Convolutions as in <see cref="Auto"/>, also for smaller ones and for boxes of bytes with two dimensions.</summary>
    Conv,

    /// <summary>Convolutions as in <see cref="Auto"/>, but for bytes only: boxes of real numbers go into the dense layers.</summary>
    ConvBytes,

    /// <summary>
    /// A table with a row for each combination of the integers and bits that are read, in place of the first dense layer, or of the heads where there is none:
    /// exact, and without any likeness between combinations. At most 2^24 of them.
    /// </summary>
    Table,
}
