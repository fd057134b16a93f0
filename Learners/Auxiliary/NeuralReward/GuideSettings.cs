using System.ComponentModel.DataAnnotations;
using Learners.References;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of a guide: a saved policy that begins episodes, each for a number of steps drawn anew, before the agent takes over (Meier and Mujika 2022,
/// appendix; the first copy is never guided). Immutable.
/// </summary>
public sealed record GuideSettings : IValidatableObject
{
    /// <summary>Folder of the policy, or of a run, whose latest one is meant.</summary>
    public string Path { get; init; } = "";

    /// <summary>SHA-256 of the policy's weights, in hexadecimal, which a run writes into its <c>config.yaml</c>.</summary>
    /// <value>Null, the default, takes whatever lies there; anything else is compared.</value>
    public string? WeightsSha256 { get; init; }

    /// <summary>Guided steps of an episode are drawn from 0 to one less than this.</summary>
    /// <value>1 to 10,000,000. Default 100; four fifths of an episode are usual.</value>
    [Range(1, 10_000_000)]
    public int Longest { get; init; } = 100;

    /// <summary>Share of the run in which episodes may begin guided.</summary>
    /// <value>0 to 1. Default 0.66.</value>
    [Range(0f, 1f)]
    public float Share { get; init; } = 0.66f;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.Length == 0)
        {
            yield return new ValidationResult(
                "no guide is named. Give the folder of a run or of a policy, or leave the guide out.",
                [nameof(Path)]
            );
        }
    }

    internal SavedReferenceSettings Policy => new() { Path = Path, WeightsSha256 = WeightsSha256 };

    internal GuideSettings Pinned() => this with { WeightsSha256 = ((SavedReferenceSettings)Policy.Pinned()).WeightsSha256 };
}
