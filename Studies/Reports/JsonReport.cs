using System.Text.Json.Nodes;
using Studies.Claims;
using Studies.Running;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>Writes a report for programs: snake_case keys, numbers as numbers, null for what is infinite or unknown.</summary>
internal static class JsonReport
{
    /// <summary>The object of <c>report.json</c>, which <c>--json</c> prints too.</summary>
    public static JsonObject Write(ReproductionReport report) =>
        new()
        {
            ["claim"] = report.Name,
            ["title"] = report.Plan.Claim.Title,
            ["source"] = report.Plan.Claim.Source,
            ["budget"] = report.Plan.Budget.ToString().ToLowerInvariant(),
            ["first_seed"] = report.Plan.Claim.FirstSeed,
            ["seeds"] = report.Plan.Seeds,
            ["verdict"] = Word(report.Verdict),
            ["learning_version"] = LearningVersion.Number,
            ["command"] = report.Command,
            ["report"] = report.MarkdownFile,
            ["pictures"] = Array(report.Pictures.Select(picture => (JsonNode)Path.Combine(report.Folder, picture))),
            ["cpu_seconds"] = Math.Round(report.CpuSeconds, 3),
            ["cpu_seconds_is_lower_bound"] = report.UntoldParts > 0,
            ["failed_runs"] = report.Failures.Count(),
            ["remarks"] = Array(report.Plan.Remarks.Select(remark => (JsonNode)remark)),
            ["measures"] = Array(report.Measures.Select(Measure)),
            ["runs"] = Array(report.Outcomes.Select(Run)),
        };

    private static JsonNode Measure(MeasureFigure figure) =>
        new JsonObject
        {
            ["name"] = figure.Measure.Name,
            ["metric"] = Snake(figure.Measure.Metric.ToString()),
            ["effect"] = Snake(figure.Measure.Effect.ToString()),
            ["arms"] = Array(figure.Measure.Arms.Select(arm => (JsonNode)arm)),
            ["statistic"] = Snake(figure.Measure.SeedStatistic.ToString()),
            ["expected"] = Snake(figure.Measure.Expected.ToString()),
            ["size"] = figure.Measure.Size,
            ["verdict"] = Word(figure.Verdict),
            ["estimate"] = figure.Measure.Effect == EffectKind.Bar ? null : Estimated(figure.Effect),
            ["tasks"] = Array(
                figure.Tasks.Select(task =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["task"] = task.Task.Name,
                            ["threshold"] = Number(figure.Measure.ThresholdOn(task.Task)),
                            ["bar"] = figure.Measure.Effect == EffectKind.Bar ? Number(figure.Measure.BarOn(task.Task)) : null,
                            ["estimate"] = Estimated(task.Effect),
                            ["seeds_reached"] = task.Reached,
                            ["verdict"] = Word(task.Verdict),
                            ["arms"] = Array(task.Arms.Select(Arm)),
                        }
                )
            ),
        };

    private static JsonNode Arm(ArmFigure arm) =>
        new JsonObject
        {
            ["arm"] = arm.Arm.Name,
            ["estimate"] = Estimated(arm.Estimate),
            ["values"] = Array(arm.Values.Select(value => (JsonNode?)Number(value.Low))),
            ["censored"] = Array(arm.Values.Select(value => (JsonNode?)JsonValue.Create(value.IsCensored))),
        };

    private static JsonNode Run(RunOutcome outcome) =>
        new JsonObject
        {
            ["arm"] = outcome.Run.Arm.Name,
            ["task"] = outcome.Run.Task.Name,
            ["seed"] = outcome.Run.Seed,
            ["run"] = outcome.Files.Path,
            ["cpu_seconds"] = Math.Round(outcome.Parts.CpuSeconds, 3),
            ["parts"] = outcome.Parts.Parts,
            ["error"] = outcome.Error,
        };

    private static JsonObject Estimated(Estimate estimate) =>
        new()
        {
            ["low"] = Number(estimate.Low),
            ["high"] = Number(estimate.High),
            ["interval_low"] = Number(estimate.IntervalLow),
            ["interval_high"] = Number(estimate.IntervalHigh),
            ["seeds"] = estimate.Seeds,
        };

    private static string? Word(Verdict verdict) => verdict == Verdict.None ? null : verdict.InWords();

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static JsonArray Array(IEnumerable<JsonNode?> nodes) => new([.. nodes]);

    private static string Snake(string name) =>
        YamlDotNet.Serialization.NamingConventions.UnderscoredNamingConvention.Instance.Apply(name);
}
