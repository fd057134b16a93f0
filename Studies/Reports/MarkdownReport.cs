using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Studies.Claims;
using Studies.Running;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>Writes a report for people.</summary>
internal static class MarkdownReport
{
    /// <summary>The text of <c>report.md</c>.</summary>
    public static string Write(ReproductionReport report)
    {
        var text = new StringBuilder();
        Claim claim = report.Plan.Claim;
        text.Append(
            CultureInfo.InvariantCulture,
            $"# {claim.Title}\n\nVerdict: **{(report.Verdict == Verdict.None ? "reported only" : report.Verdict.InWords())}**. Source: {claim.Source}\n\n"
        );
        foreach (MeasureFigure measure in report.Measures)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {measure.Measure.Name}: {Sentence(measure)}\n");
        }
        if (claim.Notes.Length > 0)
        {
            text.Append('\n').Append(claim.Notes.Trim()).Append('\n');
        }
        AppendTrouble(text, report);
        var shown = new HashSet<string>();
        foreach (MeasureFigure measure in report.Measures)
        {
            AppendMeasure(text, measure, shown);
        }
        AppendCurves(text, report);
        AppendRuns(text, report);
        AppendMethod(text, report);
        return text.ToString();
    }

    private static string Sentence(MeasureFigure figure)
    {
        ClaimMeasure measure = figure.Measure;
        string verdict = figure.Verdict == Verdict.None ? "" : $" → **{figure.Verdict.InWords()}**";
        if (measure.Effect == EffectKind.Bar)
        {
            IEnumerable<string> tasks = figure.Tasks.Select(task =>
                $"{task.Task.Name} {(task.Reached is { } reached ? $"{reached} of {Judged(figure, task).Values.Length} seeds" : FigureText.Point(task.Effect))} ({FigureText.Expectation(measure, task.Task)})"
            );
            return string.Join("; ", tasks) + verdict;
        }
        return $"{Effect(figure)} {FigureText.Point(figure.Effect)}, 95 % interval {FigureText.Interval(figure.Effect)}, expected {FigureText.Expectation(measure, null)}{verdict}";
    }

    private static ArmFigure Judged(MeasureFigure figure, TaskFigure task) =>
        task.Arms.First(arm => arm.Arm.Name == figure.Measure.Arms[0]);

    private static string Effect(MeasureFigure figure)
    {
        string[] titles =
        [
            .. figure.Measure.Arms.Select(name => figure.Tasks[0].Arms.First(arm => arm.Arm.Name == name).Arm.Title),
        ];
        return string.Join(figure.Measure.Effect.IsRatio() ? " : " : " − ", titles);
    }

    private static void AppendTrouble(StringBuilder text, ReproductionReport report)
    {
        string[] lines =
        [
            .. report.Plan.Remarks,
            .. report.Failures.Select(failure =>
                $"Failed: {failure.Run.Arm.Name} on {failure.Run.Task.Name}, seed {failure.Run.Seed}: {failure.Error}"
            ),
        ];
        if (lines.Length > 0)
        {
            text.Append("\n## Left out and failed\n\n").AppendJoin("", lines.Select(line => $"- {line}\n"));
        }
    }

    /// <summary>A measure's section; what arms measured is not shown again where an earlier measure of the same metric has shown it.</summary>
    private static void AppendMeasure(StringBuilder text, MeasureFigure figure, HashSet<string> shown)
    {
        ClaimMeasure measure = figure.Measure;
        text.Append(CultureInfo.InvariantCulture, $"\n## {measure.Name}\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"The {FigureText.Word(measure.SeedStatistic)} over seeds. Expected: {FigureText.Expectation(measure, null)}.\n"
        );
        string[] rows =
        [
            .. from task in figure.Tasks
            from arm in task.Arms
            select Row(measure, task, arm) into row
            where shown.Add(row)
            select row,
        ];
        if (rows.Length > 0)
        {
            text.Append("\n| task | measured | arm | over seeds | 95 % interval | each seed |\n|---|---|---|---|---|---|\n");
            text.AppendJoin("", rows);
        }
        text.Append("\n| task | effect | estimate | 95 % interval | expected | verdict |\n|---|---|---|---|---|---|\n");
        foreach (TaskFigure task in figure.Tasks)
        {
            string effect = Effect(figure);
            string estimate = task.Reached is { } reached
                ? $"{reached} of {Judged(figure, task).Values.Length} seeds"
                : FigureText.Point(task.Effect);
            string interval = task.Reached is null ? FigureText.Interval(task.Effect) : "counted";
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {task.Task.Name} | {effect} | {estimate} | {interval} | {FigureText.Expectation(measure, task.Task)} | {task.Verdict.InWords()} |\n"
            );
        }
        if (measure.Effect != EffectKind.Bar && figure.Tasks.Count > 1)
        {
            string over = measure.Effect.IsRatio() ? "all, geometric mean" : "all, mean";
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {over} | {Effect(figure)} | {FigureText.Point(figure.Effect)} | {FigureText.Interval(figure.Effect)} | {FigureText.Expectation(measure, null)} | {figure.Verdict.InWords()} |\n"
            );
        }
    }

    private static string Row(ClaimMeasure measure, TaskFigure task, ArmFigure arm) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {task.Task.Name} | {FigureText.Metric(measure, task.Task)} | {arm.Arm.Title} | {FigureText.Point(arm.Estimate)} | {FigureText.Interval(arm.Estimate)} | {string.Join(", ", arm.Values.Select(FigureText.Value))} |\n"
        );

    private static void AppendCurves(StringBuilder text, ReproductionReport report)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n## Curves\n\nMean return of the last {report.Plan.Claim.CurveEpisodes} training episodes, mean over seeds; bands are 95 % bootstrap intervals of that mean.\n\n"
        );
        foreach (string picture in report.Pictures)
        {
            text.Append(CultureInfo.InvariantCulture, $"![{picture}]({Uri.EscapeDataString(picture)})\n");
        }
    }

    private static void AppendRuns(StringBuilder text, ReproductionReport report)
    {
        text.Append(
            "\n## Runs\n\n| task | arm | agent | environment | steps | seeds | CPU-seconds per run | settings |\n|---|---|---|---|---|---|---|---|\n"
        );
        foreach (
            IGrouping<(string, string), RunOutcome> cell in report.Outcomes.GroupBy(one => (one.Run.Task.Name, one.Run.Arm.Name))
        )
        {
            RunOutcome first = cell.First();
            string folder = Path.GetRelativePath(report.Folder, first.Files.Path).Replace('\\', '/');
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {first.Run.Task.Name} | {first.Run.Arm.Title} | {first.Run.Work.Learner} | {first.Run.Work.Subject} | {first.Run.Work.Steps:#,0} | {cell.Count()} | {cell.Average(one => one.Parts.CpuSeconds):0.0} | [config]({Uri.EscapeDataString(folder).Replace("%2F", "/", StringComparison.Ordinal)}/config.yaml) |\n"
            );
        }
        text.Append("\nLaid over the tuned settings of agent and environment:\n\n");
        foreach (PlannedRun run in report.Plan.Runs.Where(run => run.Seed == report.Plan.Claim.FirstSeed))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<details><summary>{run.Arm.Title}, {run.Task.Name}</summary>\n\n```yaml\n{run.Config.Trim()}\n```\n\n</details>\n"
            );
        }
    }

    private static void AppendMethod(StringBuilder text, ReproductionReport report)
    {
        string atLeast = report.UntoldParts > 0 ? "at least " : "";
        text.Append(
            CultureInfo.InvariantCulture,
            $"""

            ## Method

            Seeds {report.Plan.Claim.FirstSeed} to {report.Plan.Claim.FirstSeed
                + report.Plan.Seeds
                - 1}, budget {report.Plan.Budget.ToString().ToLowerInvariant()}, {report.Outcomes.Count} runs of one thread each, {atLeast}{report.CpuSeconds:#,0} CPU-seconds, of which start and
            compilation of each process take one or two. Learning version {LearningVersion.Number}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}.

            Intervals: bootstrap percentiles of {Bootstrap.Resamples:#,0} resamples with a fixed seed, drawn within each arm and task (of paired measures seeds are drawn for both arms at once), expanded for small samples (Hesterberg
            2015). A run that ends before its threshold counts with both bounds, its steps and infinity; intervals cover all that is possible between them.
            An effect is seen where its whole interval lies on the claimed side and reaches the claimed size; not seen where it lies on the
            other side or falls short of that size; else unclear. An episode counts at the end of the unroll in which it ended.

            ```bash
            {report.Command}
            ```

            """
        );
    }
}
