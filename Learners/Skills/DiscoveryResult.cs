using System.Text.Json.Nodes;

namespace Learners.Skills;

/// <summary>What a discovery left behind. Immutable.</summary>
public sealed record DiscoveryResult
{
    /// <summary>Its folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Finished skills, in their order.</summary>
    public required IReadOnlyList<SkillRecord> Skills { get; init; }

    /// <summary>Skills of which a track went further than its <see cref="TrackSettings.Far"/>; null where no track has one.</summary>
    public int? FarSkills { get; init; }

    /// <summary>Whether it was stopped before its last skill; the same folder goes on.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Wall seconds of this process's part.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>Processor seconds of the whole process so far.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>The skill with the largest mean return of the task, whose policy is also that of the folder; null before the first.</summary>
    public SkillRecord? Best => Skills.MaxBy(skill => skill.TaskReturn);

    /// <summary>One object, with the fields that a run has and those of a discovery.</summary>
    internal JsonObject ToNode() =>
        new()
        {
            ["run"] = Folder,
            ["skills"] = Skills.Count,
            ["env_steps"] = Skills.Count == 0 ? 0 : Skills[^1].EnvironmentSteps,
            ["wall_seconds"] = Math.Round(WallSeconds, 3),
            ["cpu_seconds"] = Math.Round(CpuSeconds, 3),
            ["interrupted"] = Interrupted,
            ["cells"] = Skills.Count == 0 ? 0 : Skills[^1].TotalCells,
            ["state_entropy"] = Skills.Count == 0 ? 0 : Skills[^1].StateEntropy,
            ["far_skills"] = FarSkills,
            ["mean_return"] = Best?.TaskReturn,
            ["best_skill"] = Best?.Skill,
            ["largest_return"] = Skills.Count == 0 ? null : Skills.Max(skill => skill.LargestTaskReturn),
        };
}
