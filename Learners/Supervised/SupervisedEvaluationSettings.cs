using System.ComponentModel.DataAnnotations;

namespace Learners.Supervised;

/// <summary>When and how a network is judged on samples that it does not learn from. It always is after the last update.</summary>
internal sealed record SupervisedEvaluationSettings
{
    /// <summary>Updates between evaluations; 0 for a tenth of the run.</summary>
    /// <value>At least 0. Default 0.</value>
    [Range(0, long.MaxValue)]
    public long EveryUpdates { get; init; }

    /// <summary>Sequences of the fixed set, of tasks that draw samples without end; others have the set that they hold out.</summary>
    /// <value>1 to 1,000,000. Default 1,024.</value>
    [Range(1, 1_000_000)]
    public int Samples { get; init; } = 1_024;

    /// <summary>
    /// Steps k between a loss and the core state whose gradient ‖∂L_t/∂s_(t−k)‖ is measured, part by part of the state: how far back a network can learn from.
    /// </summary>
    /// <value>0, the default, measures none; at most the steps of a sequence.</value>
    [Range(0, 100_000)]
    public int GradientLag { get; init; }
}
