using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Learners.Composition;
using Learners.References;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of KL-regularised learning: the agent is held near a default policy, which is learned beside it from part of the observation, or is given
/// (Galashov et al. 2019, arXiv 1905.01240). Immutable.
/// </summary>
/// <remarks>
/// Over several tasks in one environment, whose number the default's view withholds, it is the multi-task form with one distilled policy (Teh et al. 2017,
/// arXiv 1707.04175, one column), c_KL being <see cref="Weight"/> and c_Ent <see cref="EntropyWeight"/>.
/// </remarks>
public sealed record DefaultPolicySettings : AuxiliarySettings
{
    /// <inheritdoc/>
    public override string Name => "default_policy";

    /// <inheritdoc/>
    public override string Description => "the agent is held near a default policy that sees less (Galashov et al. 2019)";

    /// <summary>The default policy: its kind, with its settings under that name.</summary>
    /// <value>Default learned.</value>
    public ReferenceSettings Prior { get; init; } = new LearnedReferenceSettings();

    /// <summary>Weight α of KL(agent ‖ default).</summary>
    /// <value>0 to 1e6. Default 0.1.</value>
    [Range(0f, 1e6f)]
    public float Weight { get; init; } = 0.1f;

    /// <summary>Weight of the agent's entropy, which counts as the divergence does, with the other sign.</summary>
    /// <value>0 to 1e6. Default 0.</value>
    [Range(0f, 1e6f)]
    public float EntropyWeight { get; init; }

    /// <summary>Whether what an action leads to costs its divergence, discounted; else only the present step's divergence is made smaller.</summary>
    /// <value>Default true.</value>
    public bool InReturn { get; init; } = true;

    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) => Prior.MemoryOf(network, samples);

    internal override AuxiliarySettings Pinned() => this with { Prior = Prior.Pinned() };

    internal override string? MistakeInFleet => Prior.MistakeInFleet is { } mistake ? $"{Name}.{mistake}" : null;

    internal override bool ComparesPolicies => true;

    internal override AuxiliaryParts Create(AuxiliaryContext context)
    {
        var stage = new DefaultPolicyStage(
            this,
            Prior.Create(
                new ReferenceContext(context.Run, context.Seed, $"{Name}.prior") { WithNext = InReturn, WithValues = false }
            ),
            context.Run
        );
        return new AuxiliaryParts { Objectives = [.. stage.Objectives], Stages = [stage] };
    }
}
