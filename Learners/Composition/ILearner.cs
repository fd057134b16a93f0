using Learners.Metrics;

namespace Learners.Composition;

/// <summary>What a run drives: pulls experience and improves parameters. Owns its networks and the state of its optimisers.</summary>
/// <remarks>
/// The run makes it through <see cref="Agent.CreateLearner"/> and calls it from one thread at a time. After each call of
/// <see cref="AdvanceAsync"/> the run publishes <see cref="ActingParameters"/>, counts steps, logs, evaluates and saves what is due; a learner
/// does none of that.
/// </remarks>
public interface ILearner : IDisposable, ISavable
{
    /// <summary>Pulls at most one unroll from <see cref="LearnerContext.Experience"/> and learns.</summary>
    /// <param name="metrics">Receives whatever of <see cref="Tags"/> this call has to tell.</param>
    /// <param name="stop">Asks to end; handed on to the source, which then gives no unroll.</param>
    /// <returns>Whether it went on; false only where <paramref name="stop"/> was cancelled, and then nothing has changed.</returns>
    /// <exception cref="TrainingDivergedException">
    /// Parameters would stop being finite, and are as before that step. A run in one process ends; a fleet's learner leaves the unroll out and goes
    /// on, unless that happens time after time.
    /// </exception>
    ValueTask<bool> AdvanceAsync(MetricAverages metrics, CancellationToken stop);

    /// <summary>Parameters that actors act with, in the layout of <see cref="LearnerContext.Network"/>; valid until the next call of a method.</summary>
    ReadOnlySpan<float> ActingParameters { get; }

    /// <summary>Optimiser steps taken, at least 0 and never falling: the version of the parameters, which every unroll carries.</summary>
    long Updates { get; }

    /// <summary>Names of the metrics it may add, such as <c>losses/policy_loss</c>: each is a column of <c>metrics.csv</c>. Fixed from the start.</summary>
    /// <remarks>Those that every run has may be named again, or left out. Adding one that stands nowhere ends the run with an error that names it.</remarks>
    IReadOnlyList<string> Tags { get; }

    /// <summary>The parameters to evaluate and save as a policy, in the layout of <see cref="LearnerContext.Network"/>; the caller owns the array.</summary>
    float[] ExportParameters();

    /// <summary>Policies that the learner has beside the agent's, by the names of the folders that they are saved in; none for most.</summary>
    IReadOnlyDictionary<string, PolicyBeside> PoliciesBeside =>
        System.Collections.ObjectModel.ReadOnlyDictionary<string, PolicyBeside>.Empty;
}
