using Environments;
using Learners.Configuration;
using Learners.Training;

namespace Learners.Skills;

/// <summary>Where a discovery writes and whom it tells; nothing here changes what is learned.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>Folder; null for <c>runs/&lt;environment&gt;/discover/&lt;time&gt;-&lt;seed&gt;</c> below the current folder.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>Told about each update and each step between two skills; on the thread that works, so return quickly.</summary>
    public IProgress<DiscoveryProgress>? Progress { get; init; }

    /// <summary>Receives warnings, one line each.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Where environments are looked up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;

    /// <summary>Where the agent is looked up by its name.</summary>
    public AgentRegistry Agents { get; init; } = AgentRegistry.Default;

    /// <summary>Who trains the run of each skill; null for this process alone.</summary>
    public ISkillRuns? Runs { get; init; }

    /// <summary>Clock of time stamps and speeds.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>How far a discovery is.</summary>
/// <param name="Skill">The skill that is worked on, from 0.</param>
/// <param name="Skills">Skills of the whole discovery.</param>
/// <param name="Doing">What is done, in a few words.</param>
/// <param name="Run">How far the skill's run is; null between two runs.</param>
public readonly record struct DiscoveryProgress(int Skill, int Skills, string Doing, TrainingProgress? Run);
