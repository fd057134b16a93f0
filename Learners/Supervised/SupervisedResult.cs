using System.Text.Json;
using System.Text.Json.Nodes;

namespace Learners.Supervised;

/// <summary>What a supervised run left behind.</summary>
internal sealed record SupervisedResult
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Run folder.</summary>
    public required string RunFolder { get; init; }

    /// <summary>Folder of the final network.</summary>
    public required string NetworkFolder { get; init; }

    /// <summary>Name of the task.</summary>
    public required string Task { get; init; }

    /// <summary>Optimiser steps taken.</summary>
    public required long Updates { get; init; }

    /// <summary>Numbers that learning adjusted.</summary>
    public required int Parameters { get; init; }

    /// <summary>Running share of right answers at the end; null where none is right or wrong.</summary>
    public double? RunningAccuracy { get; init; }

    /// <summary>Whether that share reached <see cref="SupervisedSettings.StopAtAccuracy"/>, which ended the run.</summary>
    public bool Stopped { get; init; }

    /// <summary>Wall seconds of this process's part of the run, evaluation included.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>Processor seconds of the whole process so far.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>SHA-256 of the final parameters.</summary>
    public required string ParameterHash { get; init; }

    /// <summary>Whether the run was cancelled before its last update; a checkpoint was saved.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>How good the final network is; null where the run was interrupted.</summary>
    public SupervisedScore? Score { get; init; }

    /// <summary>As JSON, in the words of the command line.</summary>
    public string ToJson(bool indented) => ToNode().ToJsonString(indented ? Indented : null);

    /// <summary>As JSON, in the words of the command line.</summary>
    public JsonObject ToNode() =>
        new()
        {
            ["run"] = RunFolder,
            ["network"] = NetworkFolder,
            ["task"] = Task,
            ["updates"] = Updates,
            ["parameters"] = Parameters,
            ["running_accuracy"] = RunningAccuracy,
            ["stopped"] = Stopped,
            ["wall_seconds"] = Math.Round(WallSeconds, 3),
            ["cpu_seconds"] = Math.Round(CpuSeconds, 3),
            ["interrupted"] = Interrupted,
            ["parameter_hash"] = ParameterHash,
            ["evaluation"] = Score is null ? null : ToNode(Score),
        };

    /// <summary>An evaluation as JSON.</summary>
    public static JsonObject ToNode(SupervisedScore score)
    {
        var node = new JsonObject
        {
            ["answers"] = score.Answers,
            ["loss"] = Finite(score.Loss),
            ["accuracy"] = score.Accuracy,
            ["bits_per_symbol"] = score.BitsPerSymbol is { } bits ? Finite(bits) : null,
        };
        foreach (PartGradient gradient in score.LagGradients)
        {
            node[$"lag_gradient_{gradient.Part}"] = Finite(gradient.Norm);
        }
        return node;
    }

    // JSON has no word for a loss that overflowed.
    private static JsonNode? Finite(double number) => double.IsFinite(number) ? JsonValue.Create(number) : null;
}
