namespace Learners.Training;

/// <summary>How far a run is.</summary>
/// <param name="EnvironmentSteps">Steps done, over all copies.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Updates">Optimiser steps taken.</param>
/// <param name="Episodes">Training episodes that ended in the whole run.</param>
/// <param name="RecentReturn">Mean return of the last 100 of them; not a number before the first.</param>
/// <param name="StepsPerSecond">Environment steps per second of wall time, since this process began the run.</param>
/// <param name="Elapsed">Wall time since then.</param>
/// <param name="Remaining">Estimate of the time left.</param>
public readonly record struct TrainingProgress(
    long EnvironmentSteps,
    long TotalSteps,
    long Updates,
    long Episodes,
    double RecentReturn,
    double StepsPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining
);
