using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments.Randomness;

namespace Learners.Optimizers;

/// <summary>Settings of RMSProp. Immutable.</summary>
public sealed record RmsPropSettings : OptimizerSettings
{
    /// <inheritdoc/>
    public override string Name => "rms_prop";

    /// <inheritdoc/>
    public override string Description => "mean of the squared gradient (Tieleman and Hinton 2012)";

    /// <summary>Decay of the mean squared gradient.</summary>
    /// <value>0 to 0.999999. Default 0.99.</value>
    [Range(0.0, 0.999999)]
    public double Decay { get; init; } = 0.99;

    /// <summary>Added beside the mean square, so that no step is divided by zero.</summary>
    /// <value>Above 0, at most 10. Default 1e-5.</value>
    [Range(1e-30, 10.0)]
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Whether epsilon stands inside the root, √(ms + ε), as TensorFlow places it, instead of √ms + ε, as PyTorch does.</summary>
    /// <value>Default false.</value>
    public bool EpsilonInsideRoot { get; init; }

    /// <summary>Mean square before the first step; TensorFlow's is 1.</summary>
    /// <value>0 to 1. Default 0.</value>
    [Range(0.0, 1.0)]
    public double InitialMeanSquare { get; init; }

    internal override IOptimizer Create(ParameterLayout layout, ref Pcg64 random) => new RmsProp(layout.Count, this);
}
