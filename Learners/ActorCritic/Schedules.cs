namespace Learners.ActorCritic;

/// <summary>Values of scheduled settings.</summary>
internal static class Schedules
{
    /// <summary>The setting's value at a share of the run's steps.</summary>
    /// <param name="initial">Value at the start.</param>
    /// <param name="kind">How it changes.</param>
    /// <param name="progress">0 at the start, 1 at the end.</param>
    public static float At(float initial, ScheduleKind kind, double progress) =>
        kind switch
        {
            ScheduleKind.Constant => initial,
            ScheduleKind.Linear => (float)(initial * (1 - Math.Clamp(progress, 0, 1))),
        };
}
