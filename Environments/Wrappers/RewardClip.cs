using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Environments.Wrappers;

/// <summary>Clips rewards into an interval. Scores for people are counted below this layer (<see cref="EpisodeStatistics"/>).</summary>
public sealed class RewardClip : BatchedEnvironmentWrapper
{
    private readonly float[] _rewards;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Wrapped environment; owned from now on.</param>
    /// <param name="low">Least reward that remains.</param>
    /// <param name="high">Greatest reward that remains, at least <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">The interval is empty, or a bound is NaN.</exception>
    public RewardClip(IBatchedEnvironment inner, float low = -1, float high = 1)
        : base(inner)
    {
        if (!(low <= high))
        {
            throw new ArgumentException(
                $"Rewards cannot be clipped to [{low}, {high}]; give the lower bound first.",
                nameof(low)
            );
        }
        Low = low;
        High = high;
        _rewards = new float[inner.Count];
    }

    /// <summary>Least reward that remains.</summary>
    public float Low { get; }

    /// <summary>Greatest reward that remains.</summary>
    public float High { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Rewards => _rewards;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        Array.Clear(_rewards);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        TensorPrimitives.Clamp(Inner.Rewards, Low, High, _rewards);
    }
}
