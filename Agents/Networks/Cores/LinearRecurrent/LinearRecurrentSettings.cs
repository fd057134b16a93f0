using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Cores.LinearRecurrent;

/// <summary>Settings of linear recurrent units; <c>core_size</c> is the width between layers.</summary>
public sealed record LinearRecurrentSettings : CoreSettings, IValidatableObject
{
    /// <inheritdoc/>
    public override string Core => "lru";

    /// <summary>Layers.</summary>
    /// <value>1 to 32. Default 2.</value>
    [Range(1, 32)]
    public int Layers { get; init; } = 2;

    /// <summary>Complex numbers that each layer remembers.</summary>
    /// <value>1 to 4,096. Default 64.</value>
    [Range(1, 4_096)]
    public int StateSize { get; init; } = 64;

    /// <summary>Least modulus of the recurrence at the start.</summary>
    /// <value>0 to 0.9999, below <see cref="MaxRadius"/>. Default 0.</value>
    [Range(0f, 0.9999f)]
    public float MinRadius { get; init; }

    /// <summary>Largest modulus of the recurrence at the start.</summary>
    /// <value>0.0001 to 1. Default 1.</value>
    [Range(0.0001f, 1f)]
    public float MaxRadius { get; init; } = 1;

    /// <summary>Largest phase of the recurrence at the start, in radians.</summary>
    /// <value>0.0001 to 6.2832. Default 6.28.</value>
    [Range(0.0001f, 6.2832f)]
    public float MaxPhase { get; init; } = 6.28f;

    /// <summary>Factor of the step size of the recurrence and its input's scale, under an optimiser whose steps do not depend on the gradient's size.</summary>
    /// <value>0.001 to 10. Default 0.5.</value>
    [Range(0.001f, 10f)]
    public float RecurrentRate { get; init; } = 0.5f;

    /// <summary>Share that is dropped, while learning, before and behind each layer's gate.</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0f, 0.99f)]
    public float Dropout { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinRadius >= MaxRadius)
        {
            yield return new ValidationResult(
                $"a least modulus of {MinRadius} leaves no ring within {MaxRadius}. Lower it, or raise max_radius.",
                [nameof(MinRadius)]
            );
        }
    }
}
