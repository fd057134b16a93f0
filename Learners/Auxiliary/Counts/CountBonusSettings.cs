using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Learners.Composition;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of a bonus for observations that were seen seldom: 1 / √n, where n counts visits (Strehl and Littman 2008; with hashed keys Tang et al. 2017,
/// arXiv 1611.04717). Immutable.
/// </summary>
public sealed record CountBonusSettings : IntrinsicSettings
{
    /// <inheritdoc/>
    public override string Name => "count_bonus";

    /// <inheritdoc/>
    public override string Description => "a bonus for observations that were seen seldom (Tang et al. 2017)";

    /// <summary>Which observations count as the same.</summary>
    /// <value>Default automatic: exact where the network reads integers, bits and bytes alone, hashed where it reads other numbers.</value>
    public CountKey Key { get; init; } = CountKey.Automatic;

    /// <summary>Width of a cell of rounded keys: a share of a number's range, or in its own units where it has no bounds.</summary>
    /// <value>1e-6 to 1e6. Default 0.1.</value>
    [Range(1e-6f, 1e6f)]
    public float Resolution { get; init; } = 0.1f;

    /// <summary>Bits of hashed keys. Two numbers are cut into at most 1 + k + k (k − 1) / 2 cells by k bits, 301 by 24.</summary>
    /// <value>1 to 64. Default 24.</value>
    [Range(1, 64)]
    public int HashBits { get; init; } = 24;

    /// <summary>
    /// Parts of the observation that are counted, as <see cref="NetworkSettings.View"/> names them; the agent reads the others all the same.
    /// </summary>
    /// <value>Null, the default, is what the network reads.</value>
    public string[]? View { get; init; }

    /// <summary>Most keys that are counted apart. All that come later share one count.</summary>
    /// <value>1 to 100,000,000. Default 1,000,000, which are some 30 MB.</value>
    [Range(1, 100_000_000)]
    public int MaxKeys { get; init; } = 1_000_000;

    /// <summary>Whether all settings are the same, and the same parts are counted.</summary>
    public bool Equals(CountBonusSettings? other) =>
        base.Equals(other)
        && Key == other.Key
        && Resolution.Equals(other.Resolution)
        && HashBits == other.HashBits
        && MaxKeys == other.MaxKeys
        && (View is null ? other.View is null : other.View is not null && View.SequenceEqual(other.View));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Key, Resolution, HashBits, MaxKeys, View?.Length);

    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) =>
        [
            new("counts of visits", $"Lower max_keys of {Name}", MaxKeys, 7),
            new(
                "observations of the count bonus",
                "Lower unroll_length or copies, or leave it out",
                samples * (network.ObservationSize + 4.0),
                1
            ),
        ];

    internal override IntrinsicStage CreateStage(AuxiliaryContext context) => new CountBonusStage(this, context);
}

/// <summary>Which observations count as the same.</summary>
public enum CountKey
{
    /// <summary>Exact where the network reads integers, bits and bytes alone, hashed where it reads other numbers.</summary>
    Automatic,

    /// <summary>Those in which all numbers are equal.</summary>
    Exact,

    /// <summary>Those whose numbers are equal once they are rounded.</summary>
    Rounded,

    /// <summary>Those on the same side of planes drawn at random (SimHash).</summary>
    Hashed,
}
