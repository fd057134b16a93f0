using System.ComponentModel.DataAnnotations;

namespace Learners.Skills;

/// <summary>Settings of what a discovery plays with a skill that was trained: the skill itself, and exploration from where it ends. Immutable.</summary>
public sealed record SampleSettings : IValidatableObject
{
    /// <summary>Environment copies that play.</summary>
    /// <value>1 to 65,536. Default 64.</value>
    [Range(1, 65_536)]
    public int Copies { get; init; } = 64;

    /// <summary>Times that every copy plays.</summary>
    /// <value>1 to 100,000. Default 1.</value>
    [Range(1, 100_000)]
    public int Repetitions { get; init; } = 1;

    /// <summary>Steps from a reset on in which the skill acts.</summary>
    /// <value>0 to 10,000,000. Default 0: four fifths of the environment's limit, or 200 where it has none.</value>
    [Range(0, 10_000_000)]
    public int SkillSteps { get; init; }

    /// <summary>Steps after those in which exploration acts.</summary>
    /// <value>0 to 10,000,000. Default 0: a fifth of the environment's limit, or 50 where it has none.</value>
    [Range(0, 10_000_000)]
    public int ExplorationSteps { get; init; }

    /// <summary>Share of the copies whose states are negatives.</summary>
    /// <value>Above 0, to 1. Default 1; at least one copy.</value>
    [Range(1e-9f, 1f)]
    public float NegativeShare { get; init; } = 1;

    /// <summary>Old negatives that are kept, each with the same chance.</summary>
    /// <value>1 to 100,000,000. Default 200,000.</value>
    [Range(1, 100_000_000)]
    public int Memory { get; init; } = 200_000;

    /// <summary>Whether only those copies give positives in which no episode ended while the skill acted.</summary>
    /// <value>Default false.</value>
    public bool RequireAlive { get; init; }

    /// <summary>Rewards of the network, summed while the skill acted, above which alone a copy gives positives: there the skill was carried out.</summary>
    /// <value>Null, the default, asks for none.</value>
    public float? RequireReward { get; init; }

    /// <summary>Parts of the observation by which states are told apart and counted, written as <c>network.view</c> is, such as <c>8</c> or <c>2-5</c>.</summary>
    /// <value>Null, the default, is all of it.</value>
    public string[]? View { get; init; }

    /// <summary>Width of a cell, in which real numbers count as one; of a bounded number as a share of its range.</summary>
    /// <value>1e-6 to 1e6. Default 0.05.</value>
    [Range(1e-6f, 1e6f)]
    public float Resolution { get; init; } = 0.05f;

    /// <summary>Components of the observation that are added up while the skill acts, such as a speed times the seconds of a step, which gives a distance.</summary>
    /// <value>Default none.</value>
    public TrackSettings[] Tracks { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string[] names = [.. Tracks.Select(track => track.Name)];
        if (
            names.FirstOrDefault(name => SkillTable.Columns.Contains(name) || names.Count(other => other == name) > 1) is
            { } taken
        )
        {
            yield return new ValidationResult(
                $"two columns of metrics.csv would be called '{taken}'. Give the track another name.",
                [nameof(Tracks)]
            );
        }
    }

    /// <summary>Skills of which some track went far; null where no track says what far is.</summary>
    internal int? CountFar(IEnumerable<SkillRecord> skills)
    {
        TrackSettings[] tracks = [.. Tracks.Where(track => track.Far is not null)];
        return tracks.Length == 0
            ? null
            : skills.Count(skill => tracks.Any(track => Math.Abs(skill.Tracks[track.Name]) > track.Far));
    }

    /// <inheritdoc/>
    public bool Equals(SampleSettings? other) =>
        other is not null
        && (Copies, Repetitions, SkillSteps, ExplorationSteps, Memory, RequireAlive, RequireReward)
            == (
                other.Copies,
                other.Repetitions,
                other.SkillSteps,
                other.ExplorationSteps,
                other.Memory,
                other.RequireAlive,
                other.RequireReward
            )
        && NegativeShare.Equals(other.NegativeShare)
        && Resolution.Equals(other.Resolution)
        && (View ?? []).SequenceEqual(other.View ?? [])
        && Tracks.SequenceEqual(other.Tracks);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Copies, Repetitions, SkillSteps, ExplorationSteps, Memory, Resolution);
}

/// <summary>A component of the observation that is added up while a skill acts. Immutable.</summary>
public sealed record TrackSettings : IValidatableObject
{
    /// <summary>Name of its column.</summary>
    public string Name { get; init; } = "";

    /// <summary>Place in the observation.</summary>
    /// <value>0 to 1,000,000.</value>
    [Range(0, 1_000_000)]
    public int Component { get; init; }

    /// <summary>What each step's number is multiplied by.</summary>
    /// <value>−1e9 to 1e9. Default 1.</value>
    [Range(-1e9f, 1e9f)]
    public float Factor { get; init; } = 1;

    /// <summary>A mean sum beyond which, in either direction, a skill counts among the <c>far_skills</c> of <c>summary.json</c>.</summary>
    /// <value>0 to 1e9. Null, the default, counts none.</value>
    [Range(0f, 1e9f)]
    public float? Far { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name.Length == 0 || !Name.All(letter => letter is >= 'a' and <= 'z' or >= '0' and <= '9' or '_'))
        {
            yield return new ValidationResult(
                "a track has a name of lower-case letters, digits and underscores, such as distance.",
                [nameof(Name)]
            );
        }
    }
}
