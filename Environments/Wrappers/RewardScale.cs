using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Environments.Wrappers;

/// <summary>Multiplies rewards by a constant. Scores for people are counted below this layer (<see cref="EpisodeStatistics"/>).</summary>
public sealed class RewardScale : BatchedEnvironmentWrapper
{
    private readonly float[] _rewards;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Wrapped environment; owned from now on.</param>
    /// <param name="factor">Factor, greater than 0 and finite.</param>
    public RewardScale(IBatchedEnvironment inner, float factor)
        : base(inner)
    {
        if (!(factor > 0 && float.IsFinite(factor)))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), $"Rewards cannot be scaled by {factor}; it must be positive.");
        }
        Factor = factor;
        _rewards = new float[inner.Count];
    }

    /// <summary>What rewards are multiplied by.</summary>
    public float Factor { get; }

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
        TensorPrimitives.Multiply(Inner.Rewards, Factor, _rewards);
    }
}
