using System.Text.Json;
using Learners.Metrics;
using Learners.Reproduction.Claims;
using Learners.Reproduction.Running;

namespace Learners.Reproduction.Statistics;

/// <summary>Reads a measure's number from the files of a run.</summary>
internal static class RunMetrics
{
    /// <summary>What a finished run says; missing for one that failed.</summary>
    /// <exception cref="InvalidDataException">A column or field is not there; the message names the known ones.</exception>
    public static RunValue Read(ClaimMeasure measure, RunOutcome outcome)
    {
        if (outcome.Error is not null)
        {
            return RunValue.Missing;
        }
        JsonElement summary = outcome.Files.Summary!.Value;
        double steps = summary.GetProperty("env_steps").GetDouble();
        switch (measure.Metric)
        {
            case MetricKind.EvaluationReturn:
                return RunValue.Known(Field(summary, "mean_return", outcome));
            case MetricKind.Summary:
                return RunValue.Known(Field(summary, measure.Column, outcome));
            case MetricKind.ColumnLast or MetricKind.ColumnMean or MetricKind.ColumnMax:
                double[] column = MetricsTable.Read(outcome.Files.Metrics).Column(measure.Column).Values;
                return column.Length == 0 ? RunValue.Missing
                    : measure.Metric == MetricKind.ColumnLast ? RunValue.Known(column[^1])
                    : RunValue.Known(measure.Metric == MetricKind.ColumnMean ? column.Average() : column.Max());
        }
        EpisodeTable episodes = EpisodeTable.Read(outcome.Files.Episodes);
        double threshold = measure.ThresholdOn(outcome.Run.Task);
        return measure.Metric switch
        {
            MetricKind.StepsToThreshold => episodes.StepsTo(threshold, measure.Episodes, steps),
            MetricKind.SuccessRate => RunValue.Known(episodes.SuccessRate(threshold, measure.Episodes)),
            MetricKind.AreaUnderCurve => RunValue.Known(episodes.AreaUnderCurve(measure.Episodes, steps)),
            _ => RunValue.Known(episodes.FinalMean(measure.Episodes)),
        };
    }

    private static double Field(JsonElement summary, string path, RunOutcome outcome)
    {
        JsonElement at = summary;
        foreach (string key in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(key, out JsonElement inner))
            {
                string known =
                    at.ValueKind == JsonValueKind.Object
                        ? string.Join(", ", at.EnumerateObject().Select(property => property.Name))
                        : "nothing";
                throw new InvalidDataException(
                    $"summary.json of '{outcome.Files.Path}' has no '{path}'. Known at '{key}': {known}."
                );
            }
            at = inner;
        }
        return at.ValueKind == JsonValueKind.Number ? at.GetDouble() : double.NaN;
    }
}
