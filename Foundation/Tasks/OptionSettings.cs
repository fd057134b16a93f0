using System.ComponentModel.DataAnnotations;

namespace Environments.Wrappers;

/// <summary>Saved policies among which an agent chooses instead of actions, each for some steps: options (Sutton, Precup and Singh 1999). Immutable.</summary>
public sealed record OptionSettings : IValidatableObject
{
    /// <summary>
    /// Folder whose sub-folders hold the policies, or runs, whose latest ones are meant; they are numbered in the order of their names. It may also be one
    /// run or policy itself. A policy with skills counts as many times as it has skills.
    /// </summary>
    public string Path { get; init; } = "";

    /// <summary>Environment steps for which a chosen policy acts, H; fewer where the episode ends.</summary>
    /// <value>1 to 10,000. Default 8.</value>
    [Range(1, 10_000)]
    public int Horizon { get; init; } = 8;

    /// <summary>SHA-256 of each policy's weights, in hexadecimal and in order, which a run writes into its <c>config.yaml</c> and its policies.</summary>
    /// <value>Null, the default, takes whatever lies there; anything else is compared.</value>
    public string[]? WeightsSha256 { get; init; }

    /// <summary>Whether the other names the same policies, by the same sums, for as many steps.</summary>
    public bool Equals(OptionSettings? other) =>
        other is not null
        && Path == other.Path
        && Horizon == other.Horizon
        && (WeightsSha256 ?? []).SequenceEqual(other.WeightsSha256 ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, Horizon);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.Length == 0)
        {
            yield return new ValidationResult(
                "no policies are named. Give a folder of runs or of policies, such as runs/GridWorld-OpenGrid-v0/ppo.",
                [nameof(Path)]
            );
        }
    }
}
