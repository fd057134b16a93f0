using Environments.State;

namespace Environments.Wrappers;

/// <summary>Divides rewards by the running standard deviation of the discounted return, clipped to ±<see cref="RunningStatistics.Clip"/>.</summary>
/// <remarks>
/// In the order of Stable-Baselines3, per step and copy: R = γ R + r; the statistics take in all R; the reward becomes
/// r / √(variance + <see cref="RunningStatistics.Epsilon"/>), with no mean subtracted; then R = 0 where the episode ended.
/// A constant R has variance 0: the reward is then clipped, never NaN.
/// </remarks>
public sealed class RewardNormalization : BatchedEnvironmentWrapper
{
    private readonly float[] _returns;
    private readonly float[] _rewards;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Wrapped environment; owned from now on.</param>
    /// <param name="discount">γ of the return whose deviation is measured, in [0, 1]; usually the agent's own.</param>
    /// <param name="statistics">Statistics of one component to use and continue; null starts with new ones.</param>
    /// <exception cref="ArgumentException">The discount is outside [0, 1], or the statistics are of several components.</exception>
    public RewardNormalization(IBatchedEnvironment inner, double discount = 0.99, RunningStatistics? statistics = null)
        : base(inner)
    {
        if (!(discount >= 0 && discount <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "The discount must lie in [0, 1].");
        }
        Statistics = statistics ?? new RunningStatistics(1);
        if (Statistics.Size != 1)
        {
            throw new ArgumentException(
                $"The statistics are of {Statistics.Size} components; a return has one.",
                nameof(statistics)
            );
        }
        Discount = discount;
        _returns = new float[inner.Count];
        _rewards = new float[inner.Count];
    }

    /// <summary>Mean and variance of the discounted returns seen.</summary>
    public RunningStatistics Statistics { get; }

    /// <summary>Whether the statistics stay as they are. False unless set; not part of the saved state.</summary>
    public bool Frozen { get; set; }

    /// <summary>γ of the return whose deviation is measured.</summary>
    public double Discount { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Rewards => _rewards;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        Array.Clear(_returns);
        Array.Clear(_rewards);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        ReadOnlySpan<float> rewards = Inner.Rewards;
        ReadOnlySpan<bool> terminated = Inner.Terminated;
        ReadOnlySpan<bool> truncated = Inner.Truncated;
        for (int i = 0; i < rewards.Length; i++)
        {
            _returns[i] = (float)(_returns[i] * Discount + rewards[i]);
        }
        if (!Frozen)
        {
            Statistics.Update(_returns);
        }
        double scale = Statistics.Scale[0];
        for (int i = 0; i < rewards.Length; i++)
        {
            _rewards[i] = Math.Clamp((float)(rewards[i] * scale), -RunningStatistics.Clip, RunningStatistics.Clip);
            if (terminated[i] | truncated[i])
            {
                _returns[i] = 0;
            }
        }
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state)
    {
        Statistics.SaveState(state);
        state.Set<float>("returns", _returns);
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state)
    {
        Statistics.LoadState(state);
        state.Read<float>("returns", _returns);
    }
}
