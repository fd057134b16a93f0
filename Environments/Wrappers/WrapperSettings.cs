using System.ComponentModel.DataAnnotations;

namespace Environments.Wrappers;

/// <summary>Which layers stand between an environment and the agent during training.</summary>
public sealed record WrapperSettings
{
    /// <summary>Environment steps for which an action is repeated, their rewards added up; part of the task, so evaluation has it, too.</summary>
    /// <value>1 to 1,000. Default 1.</value>
    [Range(1, 1_000)]
    public int FrameSkip { get; init; } = 1;

    /// <summary>Chance of each environment step that the previous action is repeated; part of the task.</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0, 0.99)]
    public double StickyActions { get; init; }

    /// <summary>Largest number of steps of doing nothing (action 0) that begin an episode, at least one of them; 0 for none; part of the task.</summary>
    /// <value>0 to 10,000. Default 0.</value>
    [Range(0, 10_000)]
    public int NoopMax { get; init; }

    /// <summary>
    /// Factor of observations, which makes real numbers of bytes; the policy applies it itself. Without one the network divides bytes by their largest
    /// value.
    /// </summary>
    /// <value>1e-9 to 1e9. Default 1.</value>
    [Range(1e-9f, 1e9f)]
    public float ObservationScale { get; init; } = 1;

    /// <summary>Factor of rewards, before they are normalised or clipped; training only.</summary>
    /// <value>1e-9 to 1e9. Default 1.</value>
    [Range(1e-9f, 1e9f)]
    public float RewardScale { get; init; } = 1;

    /// <summary>
    /// Whether the real numbers of observations are shifted and scaled by their running mean and deviation, then clipped to ±10, key by key; bytes and
    /// integers are left to the network. The policy does this itself, with statistics that stay fixed between publications.
    /// </summary>
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

    /// <summary>
    /// Skills, of which one is drawn for each episode and shown beside the observation, as the auxiliary part diayn needs it; 0 for none; part of the task.
    /// </summary>
    /// <value>0 to 1,000. Default 0. Observations become a dictionary, so frames are not stacked with it.</value>
    [Range(0, 1_000)]
    public int Skills { get; init; }

    /// <summary>
    /// Saved policies among which the agent chooses in place of actions; each acts for some steps, whose rewards are added up; part of the task. Not in fleets.
    /// </summary>
    /// <value>Default null: actions are the environment's.</value>
    public OptionSettings? Options { get; init; }

    /// <summary>What of these defines the task, and so belongs to a policy as well.</summary>
    public TaskSettings Task =>
        new()
        {
            FrameSkip = FrameSkip,
            StickyActions = StickyActions,
            NoopMax = NoopMax,
            ObservationScale = ObservationScale,
            FrameStack = FrameStack,
            PreviousActionReward = PreviousActionReward,
            Skills = Skills,
            Options = Options,
        };
}
