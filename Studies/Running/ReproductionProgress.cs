namespace Studies.Running;

/// <summary>How far a reproduction is.</summary>
/// <param name="Finished">Runs that have ended, well or not.</param>
/// <param name="Running">Runs that are being trained.</param>
/// <param name="Failed">Runs that failed.</param>
/// <param name="Runs">All runs.</param>
/// <param name="EnvironmentSteps">Environment steps done, over all runs.</param>
/// <param name="TotalSteps">Environment steps of all runs.</param>
/// <param name="Remaining">Estimate of the time left; null before the first steps.</param>
internal readonly record struct ReproductionProgress(
    int Finished,
    int Running,
    int Failed,
    int Runs,
    long EnvironmentSteps,
    long TotalSteps,
    TimeSpan? Remaining
);
