using System.ComponentModel.DataAnnotations;
using Learners.Evaluation;

namespace Learners.Composition;

/// <summary>When and how the policy is evaluated during and after training. It never changes what is learned.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Environment steps between evaluations during training; 0 for a tenth of the run.</summary>
    /// <value>At least 0. Default 0.</value>
    [Range(0, long.MaxValue)]
    public long EverySteps { get; init; }

    /// <summary>Episodes of an evaluation during training, from which the best policy is chosen.</summary>
    /// <value>0 (none) to 100,000. Default 20.</value>
    [Range(0, 100_000)]
    public int Episodes { get; init; } = 20;

    /// <summary>Episodes of the evaluation after training.</summary>
    /// <value>1 to 100,000. Default 100.</value>
    [Range(1, 100_000)]
    public int FinalEpisodes { get; init; } = 100;

    /// <summary>Copies of the environment that play an evaluation, at most; a run keeps them from its first evaluation to its end.</summary>
    /// <remarks>No more are made than an evaluation during training has episodes, or where there is none the one after it.</remarks>
    /// <value>1 to 4,096. Default 32.</value>
    [Range(1, 4_096)]
    public int Copies { get; init; } = Evaluator.DefaultCopies;

    /// <summary>Steps after which an evaluation cuts an episode off, where the environment has no limit of its own.</summary>
    /// <value>1 to 10,000,000. Default 10,000.</value>
    [Range(1, 10_000_000)]
    public int MaxEpisodeSteps { get; init; } = Evaluator.DefaultMaxEpisodeSteps;

    /// <summary>Whether the most probable action is taken instead of acting as in training.</summary>
    /// <value>Default false: the policy as it was trained.</value>
    public bool Deterministic { get; init; }
}
