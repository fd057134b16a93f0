namespace Learners.Optimizers.Kfac;

/// <summary>Where a layer's bias belongs.</summary>
public enum BiasKind
{
    /// <summary>The last column of the weight, for an input that is always 1: one block for both.</summary>
    Homogeneous,

    /// <summary>A block of its own, as if it were independent of the weight.</summary>
    Split,
}
