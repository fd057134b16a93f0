using System.ComponentModel.DataAnnotations;

namespace Learners.Composition;

/// <summary>How a learner treats the unrolls of its actors. Immutable; only a fleet reads them.</summary>
public sealed record FleetSettings
{
    /// <summary>Batches that may wait for the learner before actors are slowed down.</summary>
    /// <value>1 to 1,000. Default 1.</value>
    [Range(1, 1_000)]
    public int QueueBatches { get; init; } = 1;

    /// <summary>Unrolls of one actor that may be on their way before they are in the queue.</summary>
    /// <value>1 to 64. Default 1: the next one is recorded once the last one is in the queue, which keeps it young.</value>
    [Range(1, 64)]
    public int MaxInFlight { get; init; } = 1;

    /// <summary>Updates between the parameters of an unroll and the learner's beyond which it is refused; 0 for never.</summary>
    /// <value>0 to 1,000,000. Default 1,000.</value>
    [Range(0, 1_000_000)]
    public int MaxPolicyAge { get; init; } = 1_000;

    /// <summary>Environment copies of an actor that does not say how many it steps.</summary>
    /// <value>0 to 65,536; must divide the agent's copies. Default 0: the largest divisor that is at most 8.</value>
    [Range(0, 65_536)]
    public int CopiesPerActor { get; init; }

    /// <summary>Refused messages in a row after which an actor is turned away.</summary>
    /// <value>1 to 1,000. Default 3.</value>
    [Range(1, 1_000)]
    public int QuarantineAfter { get; init; } = 3;

    /// <summary>Whether unrolls are written to disk before they are acknowledged, so that a killed learner loses none.</summary>
    /// <value>Default false.</value>
    public bool Journal { get; init; }

    /// <summary>Whether the journal stays after its unrolls were learned from, as a data set.</summary>
    /// <value>Default false.</value>
    public bool KeepJournal { get; init; }

    /// <summary>Whether unroll n of the only actor is recorded with the parameters after batch n − <c>policy_lag</c>, so that results repeat.</summary>
    /// <value>Default false.</value>
    public bool LockStep { get; init; }
}
