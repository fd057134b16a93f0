using System.ComponentModel.DataAnnotations;

namespace Agents.Networks;

/// <summary>
/// Earlier policies that act together with the network's own: the probability of an action is the mean of theirs, weighted by a number α among the
/// parameters that no optimiser moves. Immutable.
/// </summary>
/// <remarks>
/// Czarnecki et al. 2018, "Mix &amp; Match: Agent Curricula for Reinforcement Learning", arXiv 1806.01780. With n earlier policies α runs from 0, where the
/// first acts alone, to n, where the network's own does; in between, two neighbours are mixed: policy i has the weight max(0, 1 − |α − i|).
/// </remarks>
public sealed record MixtureSettings : IValidatableObject
{
    private const int MostStages = 16;

    /// <summary>Earlier policies, the first one first; the last policy is the network's own.</summary>
    /// <value>1 to 16.</value>
    public StageSettings[] Stages { get; init; } = [];

    /// <summary>Whether one value head serves all policies; else each has its own, and the values are mixed as the policies are.</summary>
    /// <value>Default true.</value>
    public bool SharedValue { get; init; } = true;

    /// <summary>How an action is credited to the policies that could have chosen it.</summary>
    /// <value>Default responsibilities.</value>
    public MixtureGradient Gradient { get; init; } = MixtureGradient.Responsibilities;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Stages.Length is 0 or > MostStages)
        {
            yield return new ValidationResult(
                $"a mixture of {Stages.Length} earlier policies is not possible. Give 1 to {MostStages} stages.",
                [nameof(Stages)]
            );
        }
    }

    /// <summary>Whether the other settings have equal values.</summary>
    public bool Equals(MixtureSettings? other) =>
        other is not null
        && Stages.AsSpan().SequenceEqual(other.Stages)
        && SharedValue == other.SharedValue
        && Gradient == other.Gradient;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stages.Length, SharedValue, Gradient);
}

/// <summary>How the logarithm of a mixed probability passes its gradient on.</summary>
public enum MixtureGradient
{
    /// <summary>To each policy by its share of the probability: the gradient of the mixture.</summary>
    Responsibilities,

    /// <summary>To each policy by its weight, whatever it would have done: no gradient of the mixture, for comparison.</summary>
    Weights,
}
