using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments.Randomness;

namespace Learners.Optimizers;

/// <summary>Settings of stochastic gradient descent. Immutable.</summary>
public sealed record SgdSettings : OptimizerSettings
{
    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <inheritdoc/>
    public override string Description => "plain gradient steps, with momentum if asked for";

    /// <summary>Share of the previous step's direction that is kept.</summary>
    /// <value>0 to 0.999999. Default 0.</value>
    [Range(0.0, 0.999999)]
    public double Momentum { get; init; }

    internal override IOptimizer Create(ParameterLayout layout, ref Pcg64 random) => new Sgd(layout.Count, this);
}
