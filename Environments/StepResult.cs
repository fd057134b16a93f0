namespace Environments;

/// <summary>What a step produced besides the observation it wrote.</summary>
/// <param name="Reward">Reward of the action just taken.</param>
/// <param name="Terminated">The task ended here: nothing follows, its future value is 0.</param>
/// <param name="Truncated">The episode was cut off here: its future value still counts. Time limits are added by the batch.</param>
public readonly record struct StepResult(float Reward, bool Terminated = false, bool Truncated = false);
