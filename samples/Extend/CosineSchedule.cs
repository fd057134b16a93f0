using Learners.ActorCritic;

namespace Extend;

/// <summary>Half a cosine from 1 to 0 (Loshchilov and Hutter 2017).</summary>
public sealed class CosineSchedule : Schedule
{
    /// <inheritdoc/>
    public override string Name => "cosine";

    /// <inheritdoc/>
    public override string Description => "falls to 0 by half a cosine";

    /// <inheritdoc/>
    public override double At(double progress) => (1 + Math.Cos(Math.PI * progress)) / 2;
}
