using System.ComponentModel.DataAnnotations;
using Agents.Policies;
using Agents.Yaml;

namespace Learners.Composition;

/// <summary>The saved policy that a run begins with, in place of fresh parameters. Immutable.</summary>
/// <remarks>
/// The run takes over weights and statistics of observations, and begins its optimiser, its counters and its schedules anew. It needs the policy
/// when it begins and never again: a resumed run continues from its own checkpoints.
/// </remarks>
public sealed record InitialPolicySettings : IValidatableObject
{
    /// <summary>Folder of the policy, or of a run, whose latest one is meant.</summary>
    public string Path { get; init; } = "";

    /// <summary>Whether heads that the policy does not have, or has for other actions, begin with fresh parameters; else they are an error.</summary>
    /// <value>Default false.</value>
    public bool RedrawHeads { get; init; }

    /// <summary>
    /// Heads whose last layer begins at 0, all else being the policy's: <c>policy</c>, so that every action is as likely as another or has mean 0, and <c>value</c>, where
    /// it was trained on other rewards.
    /// </summary>
    /// <value>Each once. Default none.</value>
    public string[] ResetHeads { get; init; } = [];

    /// <summary>How much of what the policy saw its statistics of observations count for; less lets them move on sooner.</summary>
    /// <value>0 to 1. Default 1.</value>
    [Range(0f, 1f)]
    public float StatisticsShare { get; init; } = 1;

    /// <summary>SHA-256 of the policy's weights, in hexadecimal, which a run writes into its <c>config.yaml</c>.</summary>
    /// <value>Null, the default, takes whatever lies there; anything else is compared.</value>
    public string? WeightsSha256 { get; init; }

    /// <summary>The folder that holds the two files of the policy.</summary>
    internal string Folder => PolicyFolder.Find(Path);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.Length == 0)
        {
            yield return new ValidationResult(
                "no policy is named. Give the folder of a run or of a policy, such as runs/CartPole-v1/ppo/20260101-120000-1.",
                [nameof(Path)]
            );
        }
    }

    /// <inheritdoc/>
    public bool Equals(InitialPolicySettings? other) =>
        other is not null
        && (Path, RedrawHeads, WeightsSha256) == (other.Path, other.RedrawHeads, other.WeightsSha256)
        && StatisticsShare.Equals(other.StatisticsShare)
        && ResetHeads.SequenceEqual(other.ResetHeads);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, RedrawHeads, WeightsSha256, StatisticsShare, ResetHeads.Length);

    /// <summary>The same, with the sum of the weights that lie there now.</summary>
    /// <exception cref="PolicyFormatException">There is no policy.</exception>
    /// <exception cref="SettingsException">Other weights were asked for.</exception>
    internal InitialPolicySettings Pinned() =>
        this with
        {
            WeightsSha256 = PolicySum.Require(Path, WeightsSha256, "initial_policy"),
        };

    /// <summary>What the policy's description says.</summary>
    /// <exception cref="PolicyFormatException">There is no policy.</exception>
    internal PolicyDocument Describe() => PolicyFiles.Describe(Path);
}
