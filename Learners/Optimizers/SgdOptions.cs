using System.ComponentModel.DataAnnotations;

namespace Learners.Optimizers;

/// <summary>Settings of stochastic gradient descent. Immutable.</summary>
public sealed record SgdOptions
{
    /// <summary>Share of the previous step's direction that is kept.</summary>
    /// <value>0 to 0.999999. Default 0.</value>
    [Range(0.0, 0.999999)]
    public double Momentum { get; init; }
}
