using Studies.Statistics;

namespace Studies.Comparison;

/// <summary>How soon the runs of an algorithm reached a return on one task.</summary>
/// <param name="Task">Task.</param>
/// <param name="Threshold">Return to reach, not normalised.</param>
/// <param name="Reached">Runs that reached it.</param>
/// <param name="Runs">Runs of which it is known.</param>
/// <param name="Frames">Median environment steps until then; only a bound where the run in the middle never got there.</param>
/// <param name="CpuSeconds">Median processor seconds until then.</param>
internal sealed record ThresholdFigure(
    string Task,
    double Threshold,
    int Reached,
    int Runs,
    Estimate Frames,
    Estimate CpuSeconds
);
