using System.Text.Json.Nodes;
using Studies.Comparison;
using Studies.Statistics;

namespace Cli.Output;

/// <summary>A comparison of algorithms as JSON; what is not known is null.</summary>
internal static class ComparisonJson
{
    /// <summary>One object.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="picture">File of the performance profiles.</param>
    public static JsonObject Write(ComparisonReport report, string picture) =>
        new()
        {
            ["tasks"] = new JsonArray([.. report.Tasks.Select(task => (JsonNode)task)]),
            ["score"] = report.Options.Score switch
            {
                ScoreKind.Evaluation => "evaluation",
                ScoreKind.Training => "training",
            },
            ["references"] = References(report),
            ["resamples"] = StratifiedBootstrap.Resamples,
            ["seed"] = report.Options.Seed,
            ["threshold_source"] = report.Curve switch
            {
                LearningCurve.TrainingEpisodes => "episodes.csv",
                LearningCurve.Evaluations => "eval/mean_return",
            },
            ["algorithms"] = new JsonArray([.. report.Algorithms.Select(algorithm => (JsonNode)Algorithm(report, algorithm))]),
            ["pairs"] = new JsonArray([
                .. report.Pairs.Select(pair =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["algorithm"] = pair.Label,
                            ["baseline"] = pair.Baseline,
                            ["difference_of_means"] = Figure(pair.DifferenceOfMeans),
                            ["probability_of_improvement"] = Figure(pair.ProbabilityOfImprovement),
                        }
                ),
            ]),
            ["left_out"] = new JsonArray([
                .. report.LeftOut.Select(run => (JsonNode)new JsonObject { ["run"] = run.Folder, ["reason"] = run.Reason }),
            ]),
            ["notes"] = new JsonArray([.. report.Notes.Select(note => (JsonNode)note)]),
            ["picture"] = picture,
        };

    private static JsonObject Algorithm(ComparisonReport report, AlgorithmFigure algorithm)
    {
        var scores = new JsonObject();
        for (int task = 0; task < report.Tasks.Count; task++)
        {
            scores[report.Tasks[task]] = Numbers(algorithm.Scores.Runs(task));
        }
        return new JsonObject
        {
            ["label"] = algorithm.Label,
            ["runs"] = algorithm.Scores.All.Length,
            ["scores"] = scores,
            ["mean"] = Figure(algorithm.Mean),
            ["iqm"] = Figure(algorithm.InterquartileMean),
            ["median"] = Figure(algorithm.Median),
            ["optimality_gap"] = algorithm.OptimalityGap is { } gap ? Figure(gap) : null,
            ["thresholds"] = new JsonArray([.. algorithm.Thresholds.Select(figure => (JsonNode)Threshold(figure))]),
            ["profile"] = new JsonObject
            {
                ["tau"] = Numbers(algorithm.Profile.Thresholds),
                ["share"] = Numbers(algorithm.Profile.Shares),
                ["low"] = algorithm.Profile.Low is { } low ? Numbers(low) : null,
                ["high"] = algorithm.Profile.High is { } high ? Numbers(high) : null,
            },
        };
    }

    private static JsonObject Threshold(ThresholdFigure figure) =>
        new()
        {
            ["task"] = figure.Task,
            ["threshold"] = figure.Threshold,
            ["reached"] = figure.Reached,
            ["runs"] = figure.Runs,
            ["frames"] = Bounds(figure.Frames),
            ["cpu_seconds"] = Bounds(figure.CpuSeconds),
        };

    private static JsonObject? References(ComparisonReport report)
    {
        if (report.References is not { } references)
        {
            return null;
        }
        var node = new JsonObject();
        foreach (string task in report.Tasks)
        {
            node[task] = new JsonObject { ["random"] = references[task].Random, ["reference"] = references[task].Reference };
        }
        return node;
    }

    private static JsonObject Figure(Estimate estimate) =>
        new()
        {
            ["value"] = Number(estimate.Low),
            ["low"] = Number(estimate.IntervalLow),
            ["high"] = Number(estimate.IntervalHigh),
        };

    // A median that is only known to be more than something has no upper bound.
    private static JsonObject Bounds(Estimate estimate) =>
        new() { ["at_least"] = Number(estimate.Low), ["at_most"] = Number(estimate.High) };

    private static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;

    private static JsonArray Numbers(ReadOnlySpan<double> values)
    {
        var array = new JsonArray();
        foreach (double value in values)
        {
            array.Add(Number(value));
        }
        return array;
    }
}
