using System.ComponentModel.DataAnnotations;

namespace Agents.Networks;

/// <summary>Hyper-parameters of an actor-critic network; with the spaces of an environment they make a <see cref="NetworkSpec"/>.</summary>
public sealed record NetworkSettings : IValidatableObject
{
    /// <summary>Units of each encoder layer.</summary>
    /// <value>Each 1 to 16,384; empty for heads directly on the observation. Default 64, 64.</value>
    public int[] HiddenSizes { get; init; } = [64, 64];

    /// <summary>Nonlinearity after each encoder layer.</summary>
    /// <value>Default tanh.</value>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Memory between encoder and heads.</summary>
    /// <value>Default identity: none.</value>
    public CoreKind Core { get; init; } = CoreKind.Identity;

    /// <summary>Units of the memory, where there is one.</summary>
    /// <value>1 to 4,096. Default 64.</value>
    [Range(1, 4_096)]
    public int CoreSize { get; init; } = 64;

    /// <summary>Whether actor and critic share encoder and core, and differ only in their heads.</summary>
    /// <value>Default false: separate networks, as usual for vectors.</value>
    public bool SharedTrunk { get; init; }

    /// <summary>Initial natural logarithm of the standard deviation of continuous actions, in units of the action.</summary>
    /// <value>−20 to 5. Default 0.</value>
    [Range(-20f, 5f)]
    public float InitialLogStd { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (int size in HiddenSizes)
        {
            if (size is < 1 or > 16_384)
            {
                yield return new ValidationResult(
                    $"A layer of {size} units is not possible. Use 1 to 16384.",
                    [nameof(HiddenSizes)]
                );
            }
        }
    }

    /// <summary>Whether the other settings have equal values.</summary>
    public bool Equals(NetworkSettings? other) =>
        other is not null
        && HiddenSizes.AsSpan().SequenceEqual(other.HiddenSizes)
        && Activation == other.Activation
        && Core == other.Core
        && CoreSize == other.CoreSize
        && SharedTrunk == other.SharedTrunk
        && InitialLogStd.Equals(other.InitialLogStd);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(HiddenSizes.Length, Activation, Core, CoreSize, SharedTrunk, InitialLogStd);
}
