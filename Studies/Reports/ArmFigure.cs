using Studies.Claims;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>What a measure says about one arm on one task.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Values">One number per seed, in order.</param>
/// <param name="Estimate">The statistic over the seeds.</param>
internal sealed record ArmFigure(ClaimArm Arm, RunValue[] Values, Estimate Estimate);
