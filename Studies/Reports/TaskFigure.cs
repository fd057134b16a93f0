using Studies.Claims;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>What a measure says on one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Arms">All arms of the claim, also those that the measure does not compare.</param>
/// <param name="Effect">Ratio or difference of the compared arms, or the statistic of the arm that has a bar.</param>
/// <param name="Reached">Seeds that reached the bar; null where they are not counted.</param>
/// <param name="Verdict">What this task alone says.</param>
internal sealed record TaskFigure(ClaimTask Task, IReadOnlyList<ArmFigure> Arms, Estimate Effect, int? Reached, Verdict Verdict);
