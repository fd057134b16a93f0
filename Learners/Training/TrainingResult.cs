using Agents.Policies;
using Learners.Evaluation;

namespace Learners.Training;

/// <summary>What a run left behind.</summary>
public sealed record TrainingResult
{
    /// <summary>Run folder; empty where the run was in memory.</summary>
    public required string RunFolder { get; init; }

    /// <summary>Folder of the final policy; empty where the run was in memory.</summary>
    public required string PolicyFolder { get; init; }

    /// <summary>
    /// The final policy, equal to the one that lies in <see cref="PolicyFolder"/>: it acts and evaluates without being loaded. The caller owns it; one that is
    /// never disposed is collected like any object, unless it acts on the tensor library.
    /// </summary>
    public required SavedPolicy Policy { get; init; }

    /// <summary>Environment steps done.</summary>
    public required long EnvironmentSteps { get; init; }

    /// <summary>Optimiser steps taken.</summary>
    public required long Updates { get; init; }

    /// <summary>Wall seconds of this process's part of the run, evaluation included.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>Processor seconds of the run: all of the process's where nothing else trains in it, its start among them; else an even share.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>SHA-256 of the final parameters.</summary>
    public required string ParameterHash { get; init; }

    /// <summary>Whether the run was cancelled before its last step; a checkpoint was saved.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Evaluation of the final policy; null when the run was interrupted.</summary>
    public EvaluationResult? Evaluation { get; init; }

    /// <summary>Mean return of the best policy that an evaluation during or after training saw; null before the first.</summary>
    public double? BestReturn { get; init; }

    /// <summary>What was deleted from the run folder while the run went on, in words; empty where everything is there.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];
}
