namespace Environments.Wrappers;

/// <summary>Repeats every action for k steps of the environment and adds up their rewards; stops where the episode ends.</summary>
/// <remarks>
/// Time limits and thresholds stay those of the environment's own steps. With k = 3:
/// <code>
/// inner step           1    2    3    4    5 (ends)      6
/// reward               1    2    3    4    5             6
/// step of this layer             1         2
/// reward                         6         9
/// observation                    of 3      first of the next episode, the final one is 5's
/// </code>
/// </remarks>
public sealed class FrameSkip : BatchedEnvironmentWrapper
{
    private readonly float[] _rewards;
    private readonly bool[] _terminated;
    private readonly bool[] _truncated;
    private readonly bool[] _active;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment that can step some copies only; owned from now on.</param>
    /// <param name="steps">Inner steps per action, k, at least 1.</param>
    /// <exception cref="NotSupportedException">The environment resets in the step after an episode's end.</exception>
    public FrameSkip(IBatchedEnvironment inner, int steps)
        : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        RequireSameStep(inner, nameof(FrameSkip));
        Steps = steps;
        _rewards = new float[inner.Count];
        _terminated = new bool[inner.Count];
        _truncated = new bool[inner.Count];
        _active = new bool[inner.Count];
    }

    /// <summary>Inner steps per action, k.</summary>
    public int Steps { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Rewards => _rewards;

    /// <inheritdoc/>
    public override ReadOnlySpan<bool> Terminated => _terminated;

    /// <inheritdoc/>
    public override ReadOnlySpan<bool> Truncated => _truncated;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        Array.Clear(_rewards);
        Array.Clear(_terminated);
        Array.Clear(_truncated);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Array.Fill(_active, true);
        Array.Clear(_rewards);
        Array.Clear(_terminated);
        Array.Clear(_truncated);
        for (int k = 0; k < Steps && _active.AsSpan().Contains(true); k++)
        {
            if (_active.AsSpan().Contains(false))
            {
                Inner.StepSome(actions, _active);
            }
            else
            {
                Inner.Step(actions);
            }
            for (int i = 0; i < _active.Length; i++)
            {
                if (_active[i])
                {
                    _rewards[i] += Inner.Rewards[i];
                    _terminated[i] = Inner.Terminated[i];
                    _truncated[i] = Inner.Truncated[i];
                    _active[i] = !(_terminated[i] | _truncated[i]);
                }
            }
        }
    }

    /// <summary>Layers that step copies on their own know an episode's end only where the next one begins in the same step.</summary>
    internal static void RequireSameStep(IBatchedEnvironment environment, string layer)
    {
        if (environment.AutoresetMode != AutoresetMode.SameStep)
        {
            throw new NotSupportedException(
                $"{environment.Spec.Id} resets in the step after an episode's end; {layer} needs it in the same step."
            );
        }
    }
}
