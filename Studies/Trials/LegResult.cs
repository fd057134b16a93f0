using System.Text.Json.Serialization;
using Learners.Evaluation;

namespace Studies.Trials;

/// <summary>What came out of a leg. Immutable.</summary>
internal sealed record LegResult
{
    /// <summary>What the study compares, more is better; not a number where the leg failed.</summary>
    public required double Score { get; init; }

    /// <summary>Standard deviation (n − 1) of the returns of which the score is the mean; not a number where that is not known.</summary>
    public double Deviation { get; init; } = double.NaN;

    /// <summary>Episodes of which the score is the mean; 0 where that is not known.</summary>
    public int Episodes { get; init; }

    /// <summary>Environment steps of the trial when it ended: the leg's, or up to an unroll more.</summary>
    public required long Steps { get; init; }

    /// <summary>Processor seconds that it took; not a number where that is not known.</summary>
    public double CpuSeconds { get; init; } = double.NaN;

    /// <summary>Why it failed, in one line; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>The result of a leg that is scored by an evaluation.</summary>
    public static LegResult Of(EvaluationResult played, long steps) =>
        new()
        {
            Score = played.MeanReturn,
            Deviation = played.StdReturn,
            Episodes = played.Episodes,
            Steps = steps,
        };

    /// <summary>The score for ranking: what failed, or has no number, is worst.</summary>
    [JsonIgnore]
    public double Rank => Failure is null && !double.IsNaN(Score) ? Score : double.NegativeInfinity;
}
