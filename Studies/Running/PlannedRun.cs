using Learners.Composition;
using Studies.Claims;

namespace Studies.Running;

/// <summary>One training run of a claim.</summary>
internal sealed record PlannedRun
{
    /// <summary>Arm that is trained.</summary>
    public required ClaimArm Arm { get; init; }

    /// <summary>Task that it learns.</summary>
    public required ClaimTask Task { get; init; }

    /// <summary>Seed, from 1.</summary>
    public required int Seed { get; init; }

    /// <summary>What the run does, with settings as they resolve.</summary>
    public required PlannedWork Work { get; init; }

    /// <summary>Settings of the agent's run as they resolve.</summary>
    /// <exception cref="InvalidOperationException">It is a supervised one or a study.</exception>
    public TrainingSettings Settings =>
        (Work as AgentWork)?.Settings
        ?? throw new InvalidOperationException($"{Work.Subject} is not learned by one run of an agent. Ask Work.");

    /// <summary>What the claim lays over the tuned settings, as YAML that <c>--config</c> reads.</summary>
    public required string Config { get; init; }

    /// <summary>Folders of runs whose results it begins with, which end before it.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Folder below that of the reproduction, with a hash of all that the run's numbers depend on.</summary>
    public required string Folder { get; init; }
}
