using Studies.Claims;
using Studies.Plotting;
using Studies.Running;
using Studies.Runs;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>Draws the learning curves of a reproduction, one picture per task.</summary>
internal static class ReportPictures
{
    private const int Moments = 200;

    /// <summary>Draws into a folder.</summary>
    /// <returns>Names of the files; tasks of which no run has an episode have none.</returns>
    public static IReadOnlyList<string> Draw(ReproductionPlan plan, IReadOnlyList<RunOutcome> outcomes, string folder)
    {
        var names = new List<string>();
        foreach (ClaimTask task in plan.Tasks.Where(task => !task.IsSupervised))
        {
            long steps = task.StepsOf(plan.Budget);
            double[] moments = [.. Enumerable.Range(1, Moments).Select(i => steps * (double)i / Moments)];
            var curves = new List<Curve>();
            foreach (ClaimArm arm in plan.Claim.ArmsOn(task).Where(arm => arm.IsOneRun)) // whose trials have curves of their own
            {
                double[][] runs =
                [
                    .. outcomes
                        .Where(one => one.Error is null && one.Run.Arm == arm && one.Run.Task == task)
                        .Select(one => EpisodeTable.Read(one.Files.Episodes).Curve(moments, plan.Claim.CurveEpisodes)),
                ];
                if (Curve.Of(arm.Title, moments, runs) is { } curve)
                {
                    curves.Add(curve);
                }
            }
            if (curves.Count > 0)
            {
                string name = TaskFileName.Of(task.Name) + ".png";
                string quantity = $"return (mean of the last {plan.Claim.CurveEpisodes} episodes)";
                CurvePlot.Save(Path.Combine(folder, name), task.Name, quantity, curves, Marks(plan.Claim, task));
                names.Add(name);
            }
        }
        return names;
    }

    private static HashSet<double> Marks(Claim claim, ClaimTask task) =>
        [
            .. claim
                .Measures.Where(measure => measure.NeedsThreshold && Claim.Covered(measure, [task]).Any())
                .Select(measure => measure.ThresholdOn(task)),
            .. task.Threshold is { } threshold ? (double[])[threshold] : [],
        ];
}
