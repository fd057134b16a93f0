using System.ComponentModel.DataAnnotations;

namespace Learners.Optimizers;

/// <summary>Settings of Adam. Immutable.</summary>
public sealed record AdamOptions
{
    /// <summary>Decay of the mean gradient.</summary>
    /// <value>0 to 0.999999. Default 0.9.</value>
    [Range(0f, 0.999999f)]
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>Decay of the mean squared gradient.</summary>
    /// <value>0 to 0.999999. Default 0.999.</value>
    [Range(0f, 0.999999f)]
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>Added to the root of the mean square, so that no step is divided by zero.</summary>
    /// <value>0 to 1. Default 1e-5, as PPO's implementations use.</value>
    [Range(0f, 1f)]
    public float Epsilon { get; init; } = 1e-5f;
}
