using System.ComponentModel.DataAnnotations;

namespace Environments.Wrappers;

/// <summary>Which layers stand between an environment and the agent during training.</summary>
public sealed record WrapperSettings
{
    /// <summary>Whether observations are shifted and scaled by their running mean and deviation, then clipped to ±10.</summary>
    /// <value>Default false. The statistics are saved with the policy.</value>
    public bool NormalizeObservations { get; init; }

    /// <summary>Whether rewards are divided by the running deviation of their discounted sum, then clipped to ±10; training only.</summary>
    /// <value>Default false.</value>
    public bool NormalizeRewards { get; init; }

    /// <summary>Bound ±c to which rewards are clipped in training; 0 for none.</summary>
    /// <value>At least 0. Default 0.</value>
    [Range(0f, 1e6f)]
    public float RewardClip { get; init; }

    /// <summary>Observations that the agent sees at once, the latest last.</summary>
    /// <value>1 to 64. Default 1.</value>
    [Range(1, 64)]
    public int FrameStack { get; init; } = 1;

    /// <summary>Whether the previous action and the previous raw reward are shown beside the observation.</summary>
    /// <value>Default false. For tasks that are learned within an episode, with a network that has a memory.</value>
    public bool PreviousActionReward { get; init; }
}
