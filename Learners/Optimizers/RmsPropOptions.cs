using System.ComponentModel.DataAnnotations;

namespace Learners.Optimizers;

/// <summary>Settings of RMSProp. Immutable.</summary>
public sealed record RmsPropOptions
{
    /// <summary>Decay of the mean squared gradient.</summary>
    /// <value>0 to 0.999999. Default 0.99.</value>
    [Range(0f, 0.999999f)]
    public float Decay { get; init; } = 0.99f;

    /// <summary>Added beside the mean square, so that no step is divided by zero.</summary>
    /// <value>0 to 10. Default 1e-5.</value>
    [Range(0f, 10f)]
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Whether epsilon stands inside the root, √(ms + ε), as TensorFlow places it, instead of √ms + ε, as PyTorch does.</summary>
    /// <value>Default false.</value>
    public bool EpsilonInsideRoot { get; init; }

    /// <summary>Mean square before the first step; TensorFlow's is 1.</summary>
    /// <value>0 to 1. Default 0.</value>
    [Range(0f, 1f)]
    public float InitialMeanSquare { get; init; }
}
