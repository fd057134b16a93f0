using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments;

namespace Learners.Auxiliary;

/// <summary>Settings of an intrinsic reward: a bonus for what is new, beside the task's rewards. Immutable.</summary>
/// <remarks>
/// Burda et al. 2018, "Exploration by Random Network Distillation", arXiv 1810.12894, section 2.3: returns of bonuses do not end with an episode, since
/// what is new somewhere may be reached in any later one, and they have a discount and a value of their own.
/// </remarks>
public abstract record IntrinsicSettings : AuxiliarySettings
{
    private protected IntrinsicSettings() { }

    /// <summary>Weight β of the bonus beside the task's rewards; the discounted sum of bonuses is brought to the deviation 1.</summary>
    /// <value>0 to 1e6. Default 0.5, as in the paper, where the task's advantages count twice as much.</value>
    [Range(0f, 1e6f)]
    public float Weight { get; init; } = 0.5f;

    /// <summary>
    /// Whether bonuses have returns of their own that go on through ends of episodes, and a value head on the critic's trunk; their advantages are added to
    /// the agent's. Otherwise they join the task's rewards, and end with the episode.
    /// </summary>
    /// <value>Default true.</value>
    public bool NonEpisodic { get; init; } = true;

    /// <summary>Factor by which a bonus one step later counts less, where bonuses have returns of their own; else it is the agent's.</summary>
    /// <value>0 to 1. Default 0.99.</value>
    [Range(0f, 1f)]
    public float DiscountFactor { get; init; } = 0.99f;

    /// <summary>Weight of the mean squared error of the head that values bonuses.</summary>
    /// <value>0 to 1e6. Default 0.5.</value>
    [Range(0f, 1e6f)]
    public float ValueCoefficient { get; init; } = 0.5f;

    internal string ValueHead => $"{Name}_value";

    internal sealed override bool AddsLoss => NonEpisodic;

    internal sealed override IEnumerable<HeadSettings> HeadsOf(EnvironmentSpec environment) =>
        NonEpisodic
            ?
            [
                new HeadSettings
                {
                    Name = ValueHead,
                    Kind = HeadKind.Value,
                    Trunk = Head.CriticTrunk,
                },
            ]
            : [];

    internal sealed override AuxiliaryParts Create(AuxiliaryContext context)
    {
        IntrinsicStage stage = CreateStage(context);
        return new AuxiliaryParts { Objectives = [.. stage.Objectives], Stages = [stage] };
    }

    /// <summary>Makes what measures how new each observation is.</summary>
    internal abstract IntrinsicStage CreateStage(AuxiliaryContext context);
}
