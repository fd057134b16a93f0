using System.ComponentModel.DataAnnotations;
using Environments;

namespace Learners.Evaluation;

/// <summary>Which episode an attention recording plays. Immutable.</summary>
public sealed record AttentionOptions
{
    /// <summary>Environment to play; null for the one the policy was trained on.</summary>
    public string? Environment { get; init; }

    /// <summary>Seed of environment and sampling; the same seed plays what an evaluation of one episode plays.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the most probable action is taken instead of acting as in training.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Steps after which the recording ends, even within an episode.</summary>
    /// <value>1 to 1,024. Default 256.</value>
    [Range(1, 1_024)]
    public int MaxSteps { get; init; } = 256;

    /// <summary>Where the environment is looked up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;
}
