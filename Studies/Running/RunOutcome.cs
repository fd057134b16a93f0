using Studies.Runs;

namespace Studies.Running;

/// <summary>A run that has ended.</summary>
/// <param name="Run">What was trained.</param>
/// <param name="Files">Where it lies.</param>
/// <param name="Error">Why it failed, in one line; null where it is finished.</param>
/// <param name="Parts">Its processor time.</param>
/// <param name="WasThere">Whether it had been finished before.</param>
internal sealed record RunOutcome(PlannedRun Run, RunFiles Files, string? Error, RunParts Parts, bool WasThere);
