namespace Environments;

/// <summary>How long an <see cref="IAsyncEnvironment"/> is waited for, and what becomes of one that fails. Immutable.</summary>
public sealed record AsyncEnvironmentOptions
{
    /// <summary>Time that a start may take.</summary>
    /// <value>Above 0, or <see cref="Timeout.InfiniteTimeSpan"/>. Default one minute.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time that a step or a reset may take.</summary>
    /// <value>Above 0, or <see cref="Timeout.InfiniteTimeSpan"/>. Default one minute.</value>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time that disposing of one copy may take; what takes longer is left to itself, with a warning.</summary>
    /// <value>Above 0, or <see cref="Timeout.InfiniteTimeSpan"/>. Default ten seconds.</value>
    public TimeSpan DisposeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Copies that may be replaced by new ones after they threw or hung, over the life of a batch. The episode of a replaced copy is cut off where it stood, with
    /// reward 0 and its last observation, and counts as no score (<see cref="IBatchedEnvironment.LostEpisodes"/>). Where no restart is left, the failure is an
    /// <see cref="EnvironmentFaultException"/>.
    /// </summary>
    /// <value>At least 0. Default 0: the first failure ends the run.</value>
    public int MaxRestarts { get; init; }

    /// <summary>Clock of the limits.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Requires that the values are possible.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal void Require()
    {
        RequireTime(StartTimeout, nameof(StartTimeout));
        RequireTime(StepTimeout, nameof(StepTimeout));
        RequireTime(DisposeTimeout, nameof(DisposeTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRestarts);
    }

    private static void RequireTime(TimeSpan time, string name)
    {
        if (time <= TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, $"{name} must be above 0, or infinite for no limit.");
        }
    }
}
