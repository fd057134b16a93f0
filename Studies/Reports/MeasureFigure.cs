using Studies.Claims;
using Studies.Running;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>What one measure says.</summary>
/// <param name="Measure">The measure.</param>
/// <param name="Tasks">Its numbers on each task.</param>
/// <param name="Effect">The effect over all tasks; nothing for a bar, which each task has by itself.</param>
/// <param name="Verdict">What all tasks together say.</param>
internal sealed record MeasureFigure(ClaimMeasure Measure, IReadOnlyList<TaskFigure> Tasks, Estimate Effect, Verdict Verdict)
{
    // Any fixed number: the same runs give the same intervals.
    private const ulong Seed = 20260101;

    /// <summary>Measures the runs of a plan.</summary>
    /// <returns>Null where the plan holds no task of the measure.</returns>
    public static MeasureFigure? Of(ClaimMeasure measure, ReproductionPlan plan, IReadOnlyList<RunOutcome> outcomes)
    {
        TaskFigure[] tasks = [.. Claim.Covered(measure, plan.Tasks).Select(task => OnTask(measure, task, plan, outcomes))];
        if (tasks.Length == 0)
        {
            return null;
        }
        if (measure.Effect == EffectKind.Bar)
        {
            return new MeasureFigure(measure, tasks, Estimate.None, Verdicts.OfAll(tasks.Select(task => task.Verdict)));
        }
        Estimate effect = Bootstrap.OfEffect(
            measure.Effect,
            [.. tasks.Select(task => (Values(task.Arms, measure.Arms[0]), Values(task.Arms, measure.Arms[1])))],
            measure.SeedStatistic,
            Seed,
            measure.Paired
        );
        return new MeasureFigure(
            measure,
            tasks,
            effect,
            Verdicts.OfEffect(effect, measure.Effect, measure.Expected, measure.Size)
        );
    }

    private static TaskFigure OnTask(
        ClaimMeasure measure,
        ClaimTask task,
        ReproductionPlan plan,
        IReadOnlyList<RunOutcome> outcomes
    )
    {
        ArmFigure[] arms =
        [
            .. plan
                .Claim.ArmsOn(task)
                .Select(arm =>
                {
                    RunValue[] values =
                    [
                        .. outcomes
                            .Where(outcome => outcome.Run.Arm == arm && outcome.Run.Task == task)
                            .Select(outcome => RunMetrics.Read(measure, outcome)),
                    ];
                    return new ArmFigure(arm, values, Bootstrap.OfArm(values, measure.SeedStatistic, Seed));
                }),
        ];
        if (measure.Effect != EffectKind.Bar)
        {
            Estimate effect = Bootstrap.OfEffect(
                measure.Effect,
                [(Values(arms, measure.Arms[0]), Values(arms, measure.Arms[1]))],
                measure.SeedStatistic,
                Seed,
                measure.Paired
            );
            Verdict verdict = Verdicts.OfEffect(effect, measure.Effect, measure.Expected, measure.Size);
            return new TaskFigure(task, arms, effect, null, verdict);
        }
        ArmFigure judged = arms.First(arm => arm.Arm.Name == measure.Arms[0]);
        if (measure.Share is not { } share)
        {
            Verdict verdict = Verdicts.OfBar(judged.Estimate, measure.Expected, measure.BarOn(task));
            return new TaskFigure(task, arms, judged.Estimate, null, verdict);
        }
        (Verdict counted, int reached) = Verdicts.OfShare(
            judged.Values,
            measure.Expected,
            measure.BarOn(task),
            share,
            plan.Claim.SeedsOf(plan.Budget)
        );
        return new TaskFigure(task, arms, judged.Estimate, reached, counted);
    }

    private static RunValue[] Values(IReadOnlyList<ArmFigure> arms, string name) =>
        arms.First(arm => arm.Arm.Name == name).Values;
}
