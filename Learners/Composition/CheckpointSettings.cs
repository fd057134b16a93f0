using System.ComponentModel.DataAnnotations;

namespace Learners.Composition;

/// <summary>When training state is saved. A run always has one of its start and one of its end.</summary>
public sealed record CheckpointSettings
{
    /// <summary>Environment steps between checkpoints; 0 for a tenth of the run.</summary>
    /// <value>At least 0. Default 0.</value>
    [Range(0, long.MaxValue)]
    public long EverySteps { get; init; }

    /// <summary>Newest checkpoints that are kept.</summary>
    /// <value>1 to 10,000. Default 3.</value>
    [Range(1, 10_000)]
    public int Keep { get; init; } = 3;
}
