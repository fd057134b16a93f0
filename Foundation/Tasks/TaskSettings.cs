using System.ComponentModel.DataAnnotations;

namespace Environments.Wrappers;

/// <summary>How an environment is shown to an agent and acted on: what defines the task beside the environment, in training as in evaluation. Immutable.</summary>
public record TaskSettings
{
    /// <summary>Environment steps for which an action is repeated, their rewards added up.</summary>
    /// <value>1 to 1,000. Default 1.</value>
    [Range(1, 1_000)]
    public int FrameSkip { get; init; } = 1;

    /// <summary>Chance of each environment step that the previous action is repeated instead.</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0, 0.99)]
    public double StickyActions { get; init; }

    /// <summary>Largest number of steps of doing nothing (action 0) that begin an episode, at least one of them; 0 for none.</summary>
    /// <value>0 to 10,000. Default 0.</value>
    [Range(0, 10_000)]
    public int NoopMax { get; init; }

    /// <summary>Factor by which the policy scales observations itself, before it normalises them.</summary>
    /// <value>1e-9 to 1e9. Default 1.</value>
    [Range(1e-9f, 1e9f)]
    public float ObservationScale { get; init; } = 1;

    /// <summary>Observations that the agent sees at once; above 1 the caller stacks them, the latest last.</summary>
    /// <value>1 to 64. Default 1.</value>
    [Range(1, 64)]
    public int FrameStack { get; init; } = 1;

    /// <summary>
    /// Whether the agent sees the previous action, integers as one-hot vectors, and the previous raw reward after the observation, zeros at the start of an
    /// episode; the caller appends them.
    /// </summary>
    /// <value>Default false.</value>
    public bool PreviousActionReward { get; init; }

    /// <summary>
    /// Skills, of which each episode has one: an integer behind the observation, in an entry <c>skill</c>, which the caller draws or chooses; 0 for none.
    /// </summary>
    /// <value>0 to 1,000. Default 0.</value>
    [Range(0, 1_000)]
    public int Skills { get; init; }

    /// <summary>Saved policies of which an action chooses one, which then acts for some steps; null where actions are the environment's.</summary>
    /// <value>Default null.</value>
    public OptionSettings? Options { get; init; }
}
