namespace Learners.ActorCritic;

/// <summary>How often an unroll's samples are used.</summary>
/// <param name="Epochs">Passes over the samples.</param>
/// <param name="Minibatches">Equal parts of one pass; one optimiser step each.</param>
/// <param name="TargetKl">Mean KL estimate of a pass above which no further pass follows; 0 for never.</param>
internal readonly record struct UpdateSchedule(int Epochs, int Minibatches, float TargetKl);
