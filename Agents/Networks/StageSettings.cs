using System.ComponentModel.DataAnnotations;
using Agents.Networks.Cores;
using Protos.Foreign;

namespace Agents.Networks;

/// <summary>An earlier policy of a mixture: what it has by itself, where everything that is left open is that of the network. Immutable.</summary>
public sealed record StageSettings : IValidatableObject
{
    /// <summary>Actions that it chooses among, each as the space writes it: <c>[3]</c> of a discrete one, a number for each component of a factored one.</summary>
    /// <value>Each once. Null, the default, is all of them.</value>
    public int[][]? Actions { get; init; }

    /// <summary>Units of dense layers of its own, behind those of the network's encoder.</summary>
    /// <value>Each 1 to 16,384. Default none.</value>
    public int[] HiddenSizes { get; init; } = [];

    /// <summary>A memory of its own in place of the network's, with the settings that stand under its name in the network, such as <c>network.transformer</c>.</summary>
    /// <value>The name of a core, <c>identity</c> for none. Null, the default, reads the network's, or with layers of its own has none.</value>
    public string? Core
    {
        get;
        init => field = value is null ? null : MemoryCores.Find(value)?.Name ?? value;
    }

    /// <summary>Units of that memory.</summary>
    /// <value>1 to 4,096. Default 64.</value>
    [Range(1, 4_096)]
    public int CoreSize { get; init; } = 64;

    /// <summary>Whether it has an encoder of its own, too, of the network's shape.</summary>
    /// <value>Default false: it shares the network's.</value>
    public bool OwnTrunk { get; init; }

    /// <summary>Whether the network's policy head is its head: it gives the same actions' probabilities, made to sum to 1 over its own.</summary>
    /// <value>Default false.</value>
    public bool SharedHead { get; init; }

    /// <summary>An entry of the observation that names a task, for which it has a policy each.</summary>
    /// <value>Path of a discrete entry. Null, the default, is one policy for all.</value>
    public string? Task { get; init; }

    /// <summary>Whether it has a memory of its own.</summary>
    /// <param name="core">Name of the network's.</param>
    internal bool Remembers(string core) => HasOwnFeatures && CoreOf(core) != MemoryCores.Identity;

    /// <summary>Name of the core that its own features end with.</summary>
    /// <param name="core">Name of the network's.</param>
    internal string CoreOf(string core) => Core ?? (OwnTrunk && HiddenSizes.Length == 0 ? core : MemoryCores.Identity);

    /// <summary>Whether something between encoder and head is its own.</summary>
    internal bool HasOwnFeatures => Core is not null || HiddenSizes.Length > 0 || OwnTrunk;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HiddenSizes.Any(size => size is < 1 or > 16_384))
        {
            yield return new ValidationResult("a layer has 1 to 16384 units.", [nameof(HiddenSizes)]);
        }
        if (Core is not null && MemoryCores.Find(Core) is null)
        {
            yield return new ValidationResult(MemoryCores.Unknown(Core), [nameof(Core)]);
        }
        if (Actions is { Length: 0 })
        {
            yield return new ValidationResult(
                "a policy needs an action. Name some, or leave actions out for all of them.",
                [nameof(Actions)]
            );
        }
        if (SharedHead && Task is not null)
        {
            yield return new ValidationResult(
                $"a policy for each {ForeignText.Show(Task)} needs heads of its own, and shared_head is true. Leave one of them out.",
                [nameof(SharedHead)]
            );
        }
    }

    /// <summary>Whether the other settings have equal values.</summary>
    public bool Equals(StageSettings? other) =>
        other is not null
        && (Actions is null ? other.Actions is null : other.Actions is not null && AreEqual(Actions, other.Actions))
        && HiddenSizes.AsSpan().SequenceEqual(other.HiddenSizes)
        && Core == other.Core
        && CoreSize == other.CoreSize
        && OwnTrunk == other.OwnTrunk
        && SharedHead == other.SharedHead
        && Task == other.Task;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Actions?.Length, HiddenSizes.Length, Core, CoreSize, OwnTrunk, SharedHead, Task);

    private static bool AreEqual(int[][] a, int[][] b) =>
        a.Length == b.Length && a.Zip(b).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}
