using System.ComponentModel.DataAnnotations;

namespace Agents.Networks;

/// <summary>A head beside those of policy and value: a dense layer on what a trunk gives. Immutable.</summary>
public sealed record HeadSettings
{
    /// <summary>Name, in lower case with underscores, by which objectives ask for it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What its numbers mean.</summary>
    /// <value>Default free: only its objectives know.</value>
    public HeadKind Kind { get; init; } = HeadKind.Free;

    /// <summary>Numbers that it gives.</summary>
    /// <value>1 to 65,536. Default 1.</value>
    [Range(1, 65_536)]
    public int Size { get; init; } = 1;

    /// <summary>The trunk that it reads, where actor and critic have one each.</summary>
    /// <value><c>actor</c>, the default, or <c>critic</c>.</value>
    public string Trunk { get; init; } = Head.ActorTrunk;

    /// <summary>What it reads of the core, by its name there.</summary>
    /// <value>Empty, the default, is what the policy reads.</value>
    public string Branch { get; init; } = "";
}

/// <summary>What the numbers of a head mean.</summary>
public enum HeadKind
{
    /// <summary>Parameters of the policy's distribution.</summary>
    Policy,

    /// <summary>Expected returns.</summary>
    Value,

    /// <summary>Expected returns of each action.</summary>
    Q,

    /// <summary>Rewards.</summary>
    Reward,

    /// <summary>Whatever its objectives make of them.</summary>
    Free,
}

/// <summary>One output of a network.</summary>
/// <param name="Name">Name, unique in the network.</param>
/// <param name="Kind">What its numbers mean.</param>
/// <param name="Size">Numbers that the dense layer gives.</param>
/// <param name="Trunk">The trunk that it reads.</param>
/// <param name="Branch">What it reads of the trunk's core.</param>
/// <param name="Path">Path of its parameters.</param>
/// <param name="Stage">The earlier policy of a mixture that it belongs to; null for the network's own heads.</param>
internal sealed record Head(
    string Name,
    HeadKind Kind,
    int Size,
    string Trunk,
    string Branch,
    string Path,
    StagePlan? Stage = null
)
{
    /// <summary>The trunk of the policy, or the only one.</summary>
    public const string ActorTrunk = "actor";

    /// <summary>The trunk of the values.</summary>
    public const string CriticTrunk = "critic";

    /// <summary>Name of the policy's head.</summary>
    public const string Policy = "policy";

    /// <summary>Name of the value's head.</summary>
    public const string Value = "value";
}
