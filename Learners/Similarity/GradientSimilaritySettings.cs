using System.ComponentModel.DataAnnotations;

namespace Learners.Similarity;

/// <summary>
/// How the gradient of an auxiliary loss is let through by its cosine with that of the main loss, on the parameters that both reach (Du et al. 2018,
/// arXiv 1812.02224, section 3). Immutable.
/// </summary>
public sealed record GradientSimilaritySettings : IValidatableObject
{
    /// <summary>What the cosine decides.</summary>
    /// <value>Default none: all gradients add up.</value>
    public SimilarityRule Rule { get; init; }

    /// <summary>Parameters that have one cosine together.</summary>
    /// <value>Default whole.</value>
    public SimilarityBlocks Blocks { get; init; }

    /// <summary>
    /// Share of the estimates of ⟨g_m, g_a⟩, |g_m|² and |g_a|² that is kept at each update; cosines of single minibatches of weakly related losses are
    /// noise around 0.
    /// </summary>
    /// <value>0 to 0.999999. Default 0: each minibatch decides by itself.</value>
    [Range(0.0, 0.999999)]
    public double Averaging { get; init; }

    /// <summary>Whether gradients are kept apart, one of the main loss and one of each auxiliary loss.</summary>
    internal bool Gates =>
        Rule switch
        {
            SimilarityRule.None => false,
            SimilarityRule.Weighted or SimilarityRule.Unweighted or SimilarityRule.Projection => true,
        };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Gates && this != new GradientSimilaritySettings())
        {
            yield return new ValidationResult(
                "blocks and averaging say how a rule decides, and rule is none. Choose a rule, or leave them out.",
                [nameof(Rule)]
            );
        }
    }

    /// <summary>Copies of a gradient besides the sum of all.</summary>
    /// <param name="auxiliary">Auxiliary losses.</param>
    internal int GradientsOf(int auxiliary) => Gates ? 1 + auxiliary : 0;

    /// <summary>What is wrong where this stands; null where nothing is.</summary>
    /// <param name="hasAuxiliary">Whether anything adds an auxiliary loss.</param>
    /// <param name="hint">How to get one.</param>
    internal ValidationResult? Mistake(bool hasAuxiliary, string hint) =>
        Gates && !hasAuxiliary
            ? new ValidationResult(
                $"there is nothing to gate, since nothing adds an auxiliary loss. {hint}, or set rule to none.",
                ["GradientSimilarity." + nameof(Rule)]
            )
            : null;
}
