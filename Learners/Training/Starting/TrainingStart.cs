using Agents.Networks;
using Learners.Composition;

namespace Learners.Training;

/// <summary>A run is about to take its first step, or the first one since it was resumed: the folder is there and the network is built.</summary>
public sealed class TrainingStart : TrainingMoment
{
    internal TrainingStart(RunCallbacks callbacks, TrainingProgress progress)
        : base(callbacks, progress) { }

    /// <summary>Every setting of the run.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>Folder of the run; empty for a run in memory.</summary>
    public required string RunFolder { get; init; }

    /// <summary>The network's settings, none of them left open.</summary>
    public required NetworkSettings Network { get; init; }

    /// <summary>Numbers that training adjusts, as they are saved in the policy.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>Whether the run continues from a checkpoint.</summary>
    public required bool IsResumed { get; init; }
}
