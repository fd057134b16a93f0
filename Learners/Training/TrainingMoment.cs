using Learners.Evaluation;

namespace Learners.Training;

/// <summary>What a callback of a run is handed: how far the run is, and what can be done about it. Valid during the call; not thread-safe.</summary>
/// <remarks>Training waits for the callback, on the thread that trains. Nothing here changes what is learned, except <see cref="Stop"/>.</remarks>
public abstract class TrainingMoment
{
    private readonly RunCallbacks _callbacks;
    private bool _isOver;

    private protected TrainingMoment(RunCallbacks callbacks, TrainingProgress progress)
    {
        _callbacks = callbacks;
        Progress = progress;
    }

    /// <summary>Steps, updates, episodes and times of the run.</summary>
    public TrainingProgress Progress { get; }

    /// <summary>Adds a number to a metric of your own: <c>metrics.csv</c> and TensorBoard get the mean of what was reported between two rows.</summary>
    /// <param name="name">
    /// Its name, such as <c>queue_length</c> or <c>simulator/restarts</c>: 1 to 100 characters without commas, quotes and line breaks, and none of the run's own
    /// metrics. At most 200 different ones in a run.
    /// </param>
    /// <param name="value">The number; one that is not a number is left out of the mean.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or is taken.</exception>
    public void Report(string name, double value) => Verbs.Report(name, value);

    /// <summary>
    /// Saves settings, a checkpoint and the policy into a folder, from which <see cref="TrainingSession.Load"/> and <c>agents train --resume</c> go on. The
    /// run's own checkpoints are not touched.
    /// </summary>
    /// <param name="folder">New or empty, or one that this run's callbacks have saved to.</param>
    /// <exception cref="InvalidOperationException">The run is that of a fleet's learner, whose journal goes with its own checkpoints only; <see cref="SavePolicy"/> works there.</exception>
    /// <exception cref="IOException">The folder holds something else, or cannot be written.</exception>
    public void Save(string folder) => Verbs.Save(folder);

    /// <summary>Saves the newest policy, whole or not at all; a policy that lies there is replaced.</summary>
    /// <param name="folder">A folder of its own.</param>
    /// <exception cref="IOException">The folder cannot be written, or holds something other than a policy; it is as it was.</exception>
    public void SavePolicy(string folder) => Verbs.SavePolicy(folder);

    /// <summary>Ends the run cleanly after this call, as Ctrl-C does: a checkpoint and the policy are saved, and <see cref="TrainingResult.Interrupted"/> says so.</summary>
    public void Stop() => Verbs.Stop();

    /// <summary>Says that the call is over.</summary>
    internal void End() => _isOver = true;

    private RunCallbacks Verbs =>
        _isOver
            ? throw new InvalidOperationException(
                "The callback has returned, and the run has gone on since. Save, report and stop inside the callback, and do not await there; a token given to the trainer stops a run from elsewhere."
            )
            : _callbacks;
}

/// <summary>An update is over: the learner has learned from an unroll, in as many optimiser steps as its settings say.</summary>
public sealed class TrainingUpdate : TrainingMoment
{
    internal TrainingUpdate(RunCallbacks callbacks, TrainingProgress progress, IReadOnlyDictionary<string, double> metrics)
        : base(callbacks, progress) => Metrics = metrics;

    /// <summary>
    /// Means over this update by the names that <c>metrics.csv</c> has, such as <c>losses/policy_loss</c>; what was not measured in it is not there.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }
}

/// <summary>An evaluation is over, during training or after its last step; scores and files were written already.</summary>
public sealed class TrainingEvaluation : TrainingMoment
{
    internal TrainingEvaluation(RunCallbacks callbacks, TrainingProgress progress, EvaluationResult result)
        : base(callbacks, progress) => Result = result;

    /// <summary>Scores of the newest policy.</summary>
    public EvaluationResult Result { get; }

    /// <summary>Whether no evaluation of the run was better, so that the run's best policy is this one.</summary>
    public required bool IsBest { get; init; }

    /// <summary>Whether it is the evaluation of the final policy, after which the run is over.</summary>
    public required bool IsFinal { get; init; }
}

/// <summary>A training episode has ended in the unroll that the latest update learned from.</summary>
public sealed class TrainingEpisode : TrainingMoment
{
    internal TrainingEpisode(RunCallbacks callbacks, TrainingProgress progress)
        : base(callbacks, progress) { }

    /// <summary>Sum of its rewards as the environment gave them, not discounted.</summary>
    public required double Return { get; init; }

    /// <summary>Its length in steps of the agent.</summary>
    public required int Length { get; init; }
}
