using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments.Randomness;

namespace Learners.Optimizers;

/// <summary>Settings of Adam. Immutable.</summary>
public sealed record AdamSettings : OptimizerSettings
{
    /// <inheritdoc/>
    public override string Name => "adam";

    /// <inheritdoc/>
    public override string Description => "means of the gradient and of its square (Kingma and Ba 2015)";

    /// <summary>Decay of the mean gradient.</summary>
    /// <value>0 to 0.999999. Default 0.9.</value>
    [Range(0.0, 0.999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean squared gradient.</summary>
    /// <value>0 to 0.999999. Default 0.999.</value>
    [Range(0.0, 0.999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square, so that no step is divided by zero.</summary>
    /// <value>Above 0, at most 1. Default 1e-5, as PPO's implementations use.</value>
    [Range(1e-30, 1.0)]
    public double Epsilon { get; init; } = 1e-5;

    internal override IOptimizer Create(ParameterLayout layout, ref Pcg64 random) => new Adam(layout.Count, this);
}
