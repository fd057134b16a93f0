namespace Learners.ActorCritic;

/// <summary>How often an unroll's samples are used.</summary>
/// <param name="Epochs">Passes over the samples.</param>
/// <param name="Minibatches">Equal parts of one pass; one optimiser step each.</param>
/// <param name="TargetKl">Mean KL estimate of a pass above which no further pass follows; 0 for never.</param>
/// <param name="ClipRangeAt">Distance from 1 beyond which a probability ratio counts as clipped, by share of the run's steps.</param>
internal readonly record struct UpdateSchedule(int Epochs, int Minibatches, float TargetKl, Func<double, double> ClipRangeAt)
{
    /// <summary>Distance that metrics count where nothing is clipped: PPO's usual range.</summary>
    public const double UsualClipRange = 0.2;

    /// <summary>One step over all samples of an unroll.</summary>
    public static UpdateSchedule Once => new(1, 1, 0, _ => UsualClipRange);
}
