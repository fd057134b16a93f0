using System.Text.Json.Nodes;

namespace Learners.Skills;

/// <summary>What a skill of a discovery reaches when it is played anew. Immutable.</summary>
public sealed record SkillEvaluation
{
    /// <summary>Number of the skill, from 0.</summary>
    public required int Skill { get; init; }

    /// <summary>Finished skills of the discovery.</summary>
    public required int Skills { get; init; }

    /// <summary>States that the skill, and exploration after it, visited.</summary>
    public required int Cells { get; init; }

    /// <summary>Share of those states that no other skill of the discovery visited, 0 to 1.</summary>
    public required double Novelty { get; init; }

    /// <summary>Mean sum of the network's rewards while the skill acted.</summary>
    public required double NetworkReward { get; init; }

    /// <summary>Mean sum of the task's rewards while the skill acted, in its first episode.</summary>
    public required double TaskReturn { get; init; }

    /// <summary>
    /// Share of visits, 0 to 1, in whose state this skill was the likeliest of all, as their recorded visits say; a skill that cannot be told from the others has about one
    /// divided by the number of skills.
    /// </summary>
    public required double Accuracy { get; init; }

    /// <summary>The same share of the states where the skill ended.</summary>
    public required double AccuracyAtEnd { get; init; }

    /// <summary>Mean sums of the tracks, such as a distance.</summary>
    public required IReadOnlyDictionary<string, double> Tracks { get; init; }

    internal JsonObject ToNode()
    {
        var tracks = new JsonObject();
        foreach ((string name, double sum) in Tracks)
        {
            tracks[name] = sum;
        }
        return new JsonObject
        {
            ["skill"] = Skill,
            ["skills"] = Skills,
            ["states"] = Cells,
            ["novelty"] = Novelty,
            ["network_reward"] = NetworkReward,
            ["task_return"] = TaskReturn,
            ["accuracy"] = Accuracy,
            ["accuracy_at_end"] = AccuracyAtEnd,
            ["tracks"] = tracks,
        };
    }
}
