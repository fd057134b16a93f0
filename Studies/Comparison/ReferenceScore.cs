using System.ComponentModel.DataAnnotations;

namespace Studies.Comparison;

/// <summary>The returns of a task that become the normalised scores 0 and 1.</summary>
internal sealed record ReferenceScore : IValidatableObject
{
    /// <summary>Mean return of random actions, which becomes 0.</summary>
    public double? Random { get; init; }

    /// <summary>Return of the reference, such as people's or the environment's threshold, which becomes 1.</summary>
    /// <value>Above <see cref="Random"/>.</value>
    public double? Reference { get; init; }

    /// <summary>(score − random) / (reference − random), as Agarwal et al. 2021 (arXiv 2108.13264) normalise each task.</summary>
    public double Normalize(double score) => (score - Random!.Value) / (Reference!.Value - Random.Value);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Random is null)
        {
            yield return new ValidationResult("it is missing. Write the mean return of random actions.", [nameof(Random)]);
        }
        if (Reference is null)
        {
            yield return new ValidationResult("it is missing. Write the return that counts as 1.", [nameof(Reference)]);
        }
        if (Reference <= Random)
        {
            yield return new ValidationResult(
                "it must be above random, since scores are divided by the distance between the two.",
                [nameof(Reference)]
            );
        }
    }
}
