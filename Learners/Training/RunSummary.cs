using System.Text.Json;
using System.Text.Json.Nodes;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Runs;

namespace Learners.Training;

/// <summary>Results as JSON, in the words of the command line: snake_case keys, numbers as numbers.</summary>
internal static class RunSummary
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The text of <c>summary.json</c>: the result, and where it comes from.</summary>
    public static string ToFile(TrainingResult result, TrainingSettings settings)
    {
        JsonObject node = ToNode(result);
        RunOrigin.AddTo(node, settings.Environment, settings.AgentName, settings.Seed);
        return node.ToJsonString(Indented) + "\n";
    }

    /// <summary>One object for a training run.</summary>
    public static JsonObject ToNode(TrainingResult result) =>
        new()
        {
            ["run"] = result.RunFolder,
            ["policy"] = result.PolicyFolder,
            ["env_steps"] = result.EnvironmentSteps,
            ["updates"] = result.Updates,
            ["wall_seconds"] = Math.Round(result.WallSeconds, 3),
            ["cpu_seconds"] = Math.Round(result.CpuSeconds, 3),
            ["interrupted"] = result.Interrupted,
            ["parameter_hash"] = result.ParameterHash,
            ["mean_return"] = result.Evaluation?.MeanReturn,
            ["best_return"] = result.BestReturn,
            ["evaluation"] = result.Evaluation is null ? null : ToNode(result.Evaluation),
        };

    /// <summary>One object for an evaluation.</summary>
    public static JsonObject ToNode(EvaluationResult result) =>
        new()
        {
            ["episodes"] = result.Episodes,
            ["mean_return"] = result.MeanReturn,
            ["std_return"] = result.StdReturn,
            ["ci95_low"] = result.Ci95Low,
            ["ci95_high"] = result.Ci95High,
            ["min_return"] = result.MinReturn,
            ["max_return"] = result.MaxReturn,
            ["mean_length"] = result.MeanLength,
        };
}
