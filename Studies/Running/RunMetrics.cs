using System.Text.Json;
using Learners.Metrics;
using Studies.Claims;
using Studies.Statistics;

namespace Studies.Running;

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
        return measure.Metric switch
        {
            MetricKind.EvaluationReturn => RunValue.Known(Field(summary, "mean_return", outcome)),
            MetricKind.Summary => RunValue.Known(Field(summary, measure.Column, outcome)),
            MetricKind.ColumnLast => OfColumn((_, column) => column[^1]),
            MetricKind.ColumnMean => OfColumn((_, column) => column.Average()),
            MetricKind.ColumnMax => OfColumn((_, column) => column.Max()),
            MetricKind.ColumnAt => OfColumn(
                (steps, column) =>
                    Array.FindLastIndex(steps, step => step <= measure.At) is >= 0 and var row ? column[row] : double.NaN
            ),
            MetricKind.StepsToThreshold => Episodes().StepsTo(Threshold(), measure.Episodes, Steps()),
            MetricKind.SuccessRate => RunValue.Known(Episodes().SuccessRate(Threshold(), measure.Episodes)),
            MetricKind.AreaUnderCurve => RunValue.Known(Episodes().AreaUnderCurve(measure.Episodes, Steps())),
            MetricKind.FinalReturn => RunValue.Known(Episodes().FinalMean(measure.Episodes)),
            MetricKind.ReturnAt => RunValue.Known(Episodes().Curve([measure.At!.Value], measure.Episodes)[0]),
            MetricKind.LargestDrop => RunValue.Known(Episodes().LargestDrop(measure.Episodes)),
        };

        double Steps() => summary.GetProperty("env_steps").GetDouble();

        EpisodeTable Episodes() => EpisodeTable.Read(outcome.Files.Episodes);

        double Threshold() => measure.ThresholdOn(outcome.Run.Task);

        RunValue OfColumn(Func<double[], double[], double> read)
        {
            (double[] steps, double[] column) = MetricsTable.Read(outcome.Files.Metrics).Column(measure.Column);
            return column.Length == 0 ? RunValue.Missing : RunValue.Known(read(steps, column));
        }
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
