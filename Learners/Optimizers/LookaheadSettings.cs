using System.ComponentModel.DataAnnotations;

namespace Learners.Optimizers;

/// <summary>Settings of <see cref="Lookahead"/>. Immutable.</summary>
public sealed record LookaheadSettings : OptimizerWrapperSettings
{
    /// <inheritdoc/>
    public override string Name => "lookahead";

    /// <inheritdoc/>
    public override string Description => "slow weights that follow every few steps (Zhang et al. 2019)";

    /// <summary>Steps of the optimiser between two moves of the slow weights, k.</summary>
    /// <value>1 to 100,000. Default 5.</value>
    [Range(1, 100_000)]
    public int Steps { get; init; } = 5;

    /// <summary>Share of the way to the optimiser's weights that the slow ones go, α.</summary>
    /// <value>0 to 1. Default 0.5, as in most of the paper's experiments.</value>
    [Range(0f, 1f)]
    public float StepSize { get; init; } = 0.5f;

    internal override IOptimizer Wrap(IOptimizer inner, ReadOnlySpan<float> parameters) => new Lookahead(inner, this, parameters);
}
