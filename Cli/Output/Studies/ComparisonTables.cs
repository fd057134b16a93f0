using Protos.Foreign;
using Spectre.Console;
using Studies.Comparison;
using Studies.Reports;
using Studies.Statistics;

namespace Cli.Output;

/// <summary>A comparison of algorithms as tables.</summary>
internal static class ComparisonTables
{
    /// <summary>Prints scores, thresholds and pairs, and what to know about them.</summary>
    public static void Print(TextWriter output, ComparisonReport report)
    {
        output.WriteLine(ForeignText.Line($"Score: {report.Quantity}, on {string.Join(", ", report.Tasks)}."));
        Tables.Print(output, Scores(report));
        if (report.Algorithms[0].Thresholds.Count > 0)
        {
            Tables.Print(output, Thresholds(report));
        }
        if (report.Pairs.Count > 0)
        {
            Tables.Print(output, Pairs(report));
        }
        foreach (string note in report.Notes)
        {
            output.WriteLine(ForeignText.Line(note));
        }
    }

    private static Table Scores(ComparisonReport report)
    {
        Table table = Tables.Create("algorithm", "runs", "mean [[95 %]]", "IQM [[95 %]]", "median");
        if (report.References is not null)
        {
            table.AddColumn("optimality gap [[95 %]]");
        }
        foreach (AlgorithmFigure algorithm in report.Algorithms)
        {
            List<string> cells =
            [
                Tables.Foreign(algorithm.Label),
                Runs(algorithm.Scores),
                WithInterval(algorithm.Mean),
                WithInterval(algorithm.InterquartileMean),
                FigureText.Number(algorithm.Median.Low),
            ];
            if (algorithm.OptimalityGap is { } gap)
            {
                cells.Add(WithInterval(gap));
            }
            table.AddRow([.. cells]);
        }
        return table;
    }

    private static Table Thresholds(ComparisonReport report)
    {
        Table table = Tables.Create("algorithm", "threshold", "reached by", "frames to threshold", "CPU-seconds to threshold");
        foreach (AlgorithmFigure algorithm in report.Algorithms)
        {
            foreach (ThresholdFigure figure in algorithm.Thresholds)
            {
                string task = report.Tasks.Count == 1 ? "" : $" on {Tables.Foreign(figure.Task)}";
                table.AddRow(
                    Tables.Foreign(algorithm.Label),
                    FigureText.Number(figure.Threshold) + task,
                    $"{figure.Reached} of {figure.Runs}",
                    Point(figure.Frames),
                    Point(figure.CpuSeconds)
                );
            }
        }
        return table;
    }

    private static Table Pairs(ComparisonReport report)
    {
        Table table = Tables.Create("algorithm", "against", "difference of means [[95 %]]", "P(improvement) [[95 %]]");
        foreach (PairFigure pair in report.Pairs)
        {
            table.AddRow(
                Tables.Foreign(pair.Label),
                Tables.Foreign(pair.Baseline),
                WithInterval(pair.DifferenceOfMeans),
                WithInterval(pair.ProbabilityOfImprovement)
            );
        }
        return table;
    }

    private static string Runs(ScoreMatrix scores)
    {
        int fewest = scores.FewestRuns;
        int most = Enumerable.Range(0, scores.TaskCount).Max(task => scores.Runs(task).Length);
        return scores.TaskCount == 1 ? $"{fewest}"
            : fewest == most ? $"{fewest} on each task"
            : $"{fewest} to {most} on each task";
    }

    private static string WithInterval(Estimate estimate)
    {
        string interval = estimate.HasInterval
            ? $"{FigureText.Number(estimate.IntervalLow)}, {FigureText.Number(estimate.IntervalHigh)}"
            : "-";
        return Markup.Escape($"{FigureText.Number(estimate.Low)} [{interval}]");
    }

    // "More than" where the run in the middle never got there.
    private static string Point(Estimate estimate) =>
        double.IsPositiveInfinity(estimate.High) ? $"more than {FigureText.Number(estimate.Low)}" : FigureText.Point(estimate);
}
