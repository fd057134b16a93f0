using System.Text.Json;
using Learners.Metrics;
using Studies.Running;
using Studies.Runs;
using Studies.Statistics;

namespace Studies.Comparison;

/// <summary>A finished run with its score.</summary>
internal sealed record ComparedRun
{
    /// <summary>Training episodes over which returns are averaged.</summary>
    public const int Window = 100;

    private const string EvaluationReturn = "eval/mean_return";

    /// <summary>Run folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Its score, not normalised.</summary>
    public required double Score { get; init; }

    /// <summary>Environment steps of the whole run.</summary>
    public required double Steps { get; init; }

    /// <summary>Processor seconds of the whole run; null where a part of it could not tell its own.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Hash of its final parameters; equal for copies of one run. Null where it was not written.</summary>
    public string? ParameterHash { get; init; }

    /// <summary>Whether every training episode was written down.</summary>
    public bool HasEpisodes => File.Exists(new RunFiles(Folder).Episodes);

    /// <summary>Reads a run.</summary>
    /// <param name="folder">Run folder.</param>
    /// <param name="kind">What counts as its score.</param>
    /// <returns>The run, or why it has no score, as the end of a sentence.</returns>
    /// <exception cref="InvalidDataException">A file of it cannot be read.</exception>
    public static (ComparedRun? Run, string Reason) Read(string folder, ScoreKind kind)
    {
        var files = new RunFiles(folder);
        if (files.Status != RunStatus.Finished)
        {
            return (null, "not finished (go on with 'agents train --resume FOLDER')");
        }
        JsonElement summary = files.Summary!.Value;
        (double? score, string reason) = kind switch
        {
            ScoreKind.Evaluation => (
                Number(summary, "mean_return"),
                "without an evaluation after training (train with evaluation.final_episodes above 0, or compare with --score training)"
            ),
            ScoreKind.Training => (
                File.Exists(files.Episodes) ? EpisodeTable.Read(files.Episodes).FinalMean(Window) : null,
                "without training episodes (train with --set record_episodes=true, or compare with --score evaluation)"
            ),
        };
        if (score is not { } known || !double.IsFinite(known))
        {
            return (null, reason);
        }
        RunParts parts = RunParts.Read(folder);
        double? partsSeconds = parts.Untold > 0 || parts.IsOpen ? null : parts.CpuSeconds;
        var run = new ComparedRun
        {
            Folder = folder,
            Score = known,
            Steps = Number(summary, "env_steps") ?? double.NaN,
            CpuSeconds = parts.Parts > 0 ? partsSeconds : Number(summary, "cpu_seconds"),
            ParameterHash =
                summary.TryGetProperty("parameter_hash", out JsonElement hash) && hash.ValueKind == JsonValueKind.String
                    ? hash.GetString()
                    : null,
        };
        return (run, "");
    }

    /// <summary>Environment steps until a return was reached; more than all of its steps where it never was, and missing where nothing was written down.</summary>
    /// <param name="threshold">Return to reach, not normalised.</param>
    /// <param name="curve">Where it is looked up.</param>
    public RunValue StepsTo(double threshold, LearningCurve curve)
    {
        var files = new RunFiles(Folder);
        switch (curve)
        {
            case LearningCurve.TrainingEpisodes:
                return File.Exists(files.Episodes)
                    ? EpisodeTable.Read(files.Episodes).StepsTo(threshold, Window, Steps)
                    : RunValue.Missing;
            case LearningCurve.Evaluations:
                (double[] steps, double[] returns) = MetricsTable.Read(files.Metrics).Column(EvaluationReturn);
                int row = Array.FindIndex(returns, value => value >= threshold);
                return returns.Length == 0 ? RunValue.Missing
                    : row < 0 ? RunValue.MoreThan(Steps)
                    : RunValue.Known(steps[row]);
            default:
                throw new ArgumentOutOfRangeException(nameof(curve), curve, "There is no such curve.");
        }
    }

    /// <summary>Processor seconds until then: the run's, in proportion to its environment steps.</summary>
    /// <param name="steps">Environment steps, as <see cref="StepsTo"/> gives them.</param>
    public RunValue CpuSecondsTo(RunValue steps) =>
        CpuSeconds is not { } whole || steps.IsMissing ? RunValue.Missing
        : steps.IsCensored ? RunValue.MoreThan(whole)
        : RunValue.Known(whole * steps.Low / Steps);

    private static double? Number(JsonElement summary, string key) =>
        summary.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
