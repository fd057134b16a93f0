using Agents.Policies.Acting;

namespace Agents.Policies;

/// <summary>Where a saved policy comes from.</summary>
public sealed record PolicyInfo
{
    /// <summary>Agent that trained it, such as <c>ppo</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>Environment it was trained on.</summary>
    public required string Environment { get; init; }

    /// <summary>How it acted in training and acts unless told otherwise: a name of <see cref="ActingPolicies"/>.</summary>
    /// <value>Default <c>sample</c>.</value>
    public string Acting { get; init; } = ActingPolicies.Sample.Name;

    /// <summary>Observations it sees at once; above 1 the caller stacks them, the latest last.</summary>
    public int FrameStack { get; init; } = 1;

    /// <summary>
    /// Whether it sees the previous action, integers as one-hot vectors, and the previous reward after the observation, zeros at the start
    /// of an episode; the caller appends them.
    /// </summary>
    public bool PreviousActionReward { get; init; }

    /// <summary>Environment steps for which each of its actions is repeated.</summary>
    public int FrameSkip { get; init; } = 1;

    /// <summary>Chance of each environment step that the previous action is repeated instead.</summary>
    public double StickyActions { get; init; }

    /// <summary>Largest number of steps of doing nothing that began its episodes; 0 for none.</summary>
    public int NoopMax { get; init; }

    /// <summary>Factor by which it scales observations itself, before it normalises them.</summary>
    public float ObservationScale { get; init; } = 1;

    /// <summary>Updates that led to its parameters.</summary>
    public long ParameterVersion { get; init; }

    /// <summary>Environment steps it was trained for.</summary>
    public long EnvironmentSteps { get; init; }

    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Episodes of the evaluation behind the scores; 0 when there was none.</summary>
    public int Episodes { get; init; }

    /// <summary>Mean return of that evaluation.</summary>
    public double? MeanReturn { get; init; }

    /// <summary>Standard deviation of its returns.</summary>
    public double? StdReturn { get; init; }
}
