using System.Text.Json;
using System.Text.Json.Serialization;

namespace Learners.Skills;

/// <summary>What is known of a finished skill. Immutable.</summary>
public sealed record SkillRecord
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Number of the skill, from 0.</summary>
    public required int Skill { get; init; }

    /// <summary>Environment steps of the discovery until it was finished: those of runs, and those that were played between them.</summary>
    public required long EnvironmentSteps { get; init; }

    /// <summary>States that the skill, and exploration after it, visited.</summary>
    public required int Cells { get; init; }

    /// <summary>States that all skills until now visited.</summary>
    public required int TotalCells { get; init; }

    /// <summary>Share of its states that no skill before visited, 0 to 1.</summary>
    public required double Novelty { get; init; }

    /// <summary>Entropy of the states of all skills until now, in nats.</summary>
    public required double StateEntropy { get; init; }

    /// <summary>Entropy of its own states, in nats.</summary>
    public required double SkillEntropy { get; init; }

    /// <summary>Observations from which the next reward learned what to like.</summary>
    public required int Positives { get; init; }

    /// <summary>Mean sum of the network's rewards while the skill acted.</summary>
    public required double NetworkReward { get; init; }

    /// <summary>Mean sum of the task's rewards while the skill acted, in its first episode.</summary>
    public required double TaskReturn { get; init; }

    /// <summary>The largest of those sums.</summary>
    public required double LargestTaskReturn { get; init; }

    /// <summary>Mean steps from the start to where the skill ended, by the shortest way; not a number where the environment tells no dynamics.</summary>
    public double Depth { get; init; } = double.NaN;

    /// <summary>Loss of the reward network that learned from the skill.</summary>
    public double RewardLoss { get; init; }

    /// <summary>Mean sums of the tracks.</summary>
    public Dictionary<string, double> Tracks { get; init; } = [];
}
