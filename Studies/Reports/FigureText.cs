using System.Globalization;
using Studies.Claims;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>Numbers, intervals and expectations as reports write them.</summary>
internal static class FigureText
{
    /// <summary>A number with four digits that count.</summary>
    public static string Number(double value) =>
        double.IsNaN(value) ? "–"
        : double.IsPositiveInfinity(value) ? "∞"
        : double.IsNegativeInfinity(value) ? "−∞"
        : Math.Abs(value) >= 1_000 ? value.ToString("#,0", CultureInfo.InvariantCulture)
        : Math.Abs(value) is > 0 and < 0.001 ? value.ToString("0.###e-0", CultureInfo.InvariantCulture)
        : value.ToString("0.####", CultureInfo.InvariantCulture) is var text && Math.Abs(value) >= 1
            ? value.ToString("0.##", CultureInfo.InvariantCulture)
        : text;

    /// <summary>What one run says; <c>&gt;</c> marks a bound.</summary>
    public static string Value(RunValue value) =>
        value.IsMissing ? "failed"
        : value.IsCensored ? "> " + Number(value.Low)
        : Number(value.Low);

    /// <summary>The number, or the bounds that censored runs leave.</summary>
    public static string Point(Estimate estimate) =>
        estimate.Low == estimate.High || double.IsNaN(estimate.Low) ? Number(estimate.Low)
        : double.IsPositiveInfinity(estimate.High) ? "> " + Number(estimate.Low)
        : $"{Number(estimate.Low)} to {Number(estimate.High)}";

    /// <summary>The interval, or why there is none.</summary>
    public static string Interval(Estimate estimate) =>
        estimate.HasInterval ? $"{Number(estimate.IntervalLow)} to {Number(estimate.IntervalHigh)}"
        : estimate.Seeds is > 0 and < Estimate.LeastSeeds ? $"none ({Estimate.LeastSeeds} seeds needed)"
        : "none";

    /// <summary>What a measure expects, in words.</summary>
    public static string Expectation(ClaimMeasure measure, ClaimTask? task)
    {
        bool below = measure.Expected == Claims.Expectation.Below;
        if (measure.Effect == EffectKind.Bar)
        {
            string bar = task is null ? "the bar" : Number(measure.BarOn(task));
            string share = measure.Share is { } part
                ? string.Create(CultureInfo.InvariantCulture, $" in {part:0.##%} of the seeds")
                : "";
            return $"{(below ? "at most" : "at least")} {bar}{share}";
        }
        if (measure.Expected == Claims.Expectation.None)
        {
            return "nothing: reported only";
        }
        string none = measure.Effect.IsRatio() ? "1" : "0";
        string size = measure.Size is { } claimed ? $", claimed {Number(claimed)} or {(below ? "less" : "more")}" : "";
        return $"{(below ? "below" : "above")} {none}{size}";
    }

    /// <summary>What is measured, in words.</summary>
    public static string Metric(ClaimMeasure measure, ClaimTask task) =>
        measure.Metric switch
        {
            MetricKind.StepsToThreshold =>
                $"environment steps until the last {measure.Episodes} episodes average {Number(measure.ThresholdOn(task))}",
            MetricKind.FinalReturn => $"mean return of the last {measure.Episodes} training episodes",
            MetricKind.ReturnAt => $"mean return of the last {measure.Episodes} training episodes at step {measure.At}",
            MetricKind.LargestDrop => $"largest drop of the mean return of the last {measure.Episodes} training episodes",
            MetricKind.EvaluationReturn => "mean return of the evaluation after training",
            MetricKind.AreaUnderCurve => $"mean over the run of the return of the last {measure.Episodes} episodes",
            MetricKind.SuccessRate =>
                $"share of the last {measure.Episodes} episodes with a return of at least {Number(measure.ThresholdOn(task))}",
            MetricKind.ColumnLast => $"last {measure.Column}",
            MetricKind.ColumnMean => $"mean {measure.Column}",
            MetricKind.ColumnMax => $"largest {measure.Column}",
            MetricKind.ColumnAt => $"{measure.Column} at step {measure.At}",
            MetricKind.Summary => $"{measure.Column} of summary.json",
        };

    /// <summary>How seeds become one number, in words.</summary>
    public static string Word(Statistic statistic) =>
        statistic switch
        {
            Statistic.Median => "median",
            Statistic.Mean => "mean",
            Statistic.InterquartileMean => "interquartile mean",
        };
}
