using Environments;

namespace Learners.Evaluation;

/// <summary>What is filmed and how. Immutable.</summary>
public sealed record RecordingOptions
{
    /// <summary>Environment to play; null for the one the policy was trained on.</summary>
    public string? Environment { get; init; }

    /// <summary>Episodes, at least 1.</summary>
    public int Episodes { get; init; } = 1;

    /// <summary>Seed of environment and sampling; the same seed plays what an evaluation of one episode plays.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the most probable action is taken instead of acting as in training.</summary>
    public bool Deterministic { get; init; }

    /// <summary>The skill of every episode, of a policy that has some; null for one drawn anew each time.</summary>
    public int? Skill { get; init; }

    /// <summary>Pictures per second; null for the environment's own speed.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>Size of the picture relative to the environment's own.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Whether episode, step and return stand below the picture.</summary>
    public bool Caption { get; init; } = true;

    /// <summary>Steps after which an episode is cut off, where the environment has no limit of its own.</summary>
    public int MaxEpisodeSteps { get; init; } = Evaluator.DefaultMaxEpisodeSteps;

    /// <summary>Where the environment is looked up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;
}
