using Agents.Policies;
using Environments.Naming;
using Learners.Evaluation;
using Learners.Metrics;
using Learners.Runs;
using Protos;

namespace Learners.Training;

/// <summary>Calls the callbacks of a run. Where there are none there is no such object, and nothing is done.</summary>
internal sealed class RunCallbacks
{
    private readonly TrainingOptions _options;
    private readonly TrainingSession _session;
    private readonly string _saved;
    private readonly Action _stop;
    private readonly List<CompletedEpisode> _episodes = [];

    /// <summary>The callbacks of a run.</summary>
    /// <param name="options">What is called.</param>
    /// <param name="session">What trains.</param>
    /// <param name="folder">Where the run lies; null for nowhere.</param>
    /// <param name="stop">Ends the run.</param>
    public RunCallbacks(TrainingOptions options, TrainingSession session, RunFolder? folder, Action stop)
    {
        _options = options;
        _session = session;
        _stop = stop;
        _saved = folder is null
            ? "the exception's result has the policy."
            : $"its checkpoint and policy are in '{folder.Path}', and it can be resumed.";
    }

    /// <summary>Whether anybody is to be called.</summary>
    public static bool Any(TrainingOptions options) =>
        (options.OnStart ?? options.OnUpdate ?? options.OnEvaluation ?? (object?)options.OnEpisode) is not null;

    /// <summary>Called before the first update of a run, or of its continuation.</summary>
    /// <param name="progress">Where it begins.</param>
    /// <param name="folder">Where it lies; empty for nowhere.</param>
    /// <param name="isResumed">Whether it continues from a checkpoint.</param>
    /// <exception cref="TrainingCallbackException">The callback failed.</exception>
    public void Started(TrainingProgress progress, string folder, bool isResumed)
    {
        if (_options.OnStart is not { } onStart)
        {
            return;
        }
        using SavedPolicy policy = _session.ToPolicy();
        Call(
            nameof(TrainingOptions.OnStart),
            onStart,
            new TrainingStart(this, progress)
            {
                Settings = _session.Settings,
                RunFolder = folder,
                Network = policy.Network,
                ParameterCount = policy.ParameterCount,
                IsResumed = isResumed,
            }
        );
    }

    /// <summary>Called before an update.</summary>
    public void Begin()
    {
        _episodes.Clear();
        if (_options.OnUpdate is not null)
        {
            _session.Metrics.BeginRecent();
        }
    }

    /// <summary>Remembers episodes until the update is over.</summary>
    // Their unroll is the source's again then; but before, the session is in no state that could be saved.
    public void Hear(IReadOnlyList<CompletedEpisode> episodes)
    {
        if (_options.OnEpisode is not null)
        {
            _episodes.AddRange(episodes);
        }
    }

    /// <summary>Called after an update.</summary>
    /// <exception cref="TrainingCallbackException">A callback failed.</exception>
    public void End(TrainingProgress progress)
    {
        foreach (CompletedEpisode episode in _episodes)
        {
            Call(
                nameof(TrainingOptions.OnEpisode),
                _options.OnEpisode,
                new TrainingEpisode(this, progress) { Return = episode.Return, Length = episode.Length }
            );
        }
        if (_options.OnUpdate is { } onUpdate)
        {
            Call(nameof(TrainingOptions.OnUpdate), onUpdate, new TrainingUpdate(this, progress, _session.Metrics.Recent()));
        }
    }

    /// <summary>Called after an evaluation.</summary>
    /// <exception cref="TrainingCallbackException">The callback failed.</exception>
    public void Evaluated(TrainingProgress progress, EvaluationResult result, bool isBest, bool isFinal)
    {
        if (_options.OnEvaluation is { } onEvaluation)
        {
            Call(
                nameof(TrainingOptions.OnEvaluation),
                onEvaluation,
                new TrainingEvaluation(this, progress, result) { IsBest = isBest, IsFinal = isFinal }
            );
        }
    }

    /// <inheritdoc cref="TrainingMoment.Report"/>
    public void Report(string name, double value)
    {
        MetricName.Require(name);
        if (!_session.Metrics.IsOwn(name) || name.StartsWith(MetricName.OfEnvironments, StringComparison.Ordinal))
        {
            RequireFree(name);
        }
        if (!double.IsNaN(value))
        {
            _session.Metrics.AddOwn(name, value, 1);
        }
    }

    /// <inheritdoc cref="TrainingMoment.Save"/>
    public void Save(string folder)
    {
        if (!_session.CanBeSavedElsewhere)
        {
            throw new InvalidOperationException(
                "A fleet's learner saves its checkpoints in its own folder only, since the journal is cut by them. Use SavePolicy, or set checkpoints.every_steps."
            );
        }
        _session.Save(folder);
    }

    /// <inheritdoc cref="TrainingMoment.SavePolicy"/>
    public void SavePolicy(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        using SavedPolicy policy = _session.ToPolicy();
        policy.Save(folder);
    }

    /// <inheritdoc cref="TrainingMoment.Stop"/>
    public void Stop() => _stop();

    private void RequireFree(string name)
    {
        string[] taken = [.. RunLog.Tags, .. _session.Tags];
        if (taken.Contains(name) || name == CsvMetricsWriter.StepsColumn)
        {
            throw new ArgumentException($"'{name}' is a metric that the run has already. Choose another name.", nameof(name));
        }
        if (name.StartsWith(MetricName.OfEnvironments, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{name}' would stand among the metrics of the environment, which begin with {MetricName.OfEnvironments}. Choose another name.",
                nameof(name)
            );
        }
    }

    private void Call<T>(string callback, Action<T>? action, T moment)
        where T : TrainingMoment
    {
        try
        {
            action?.Invoke(moment);
        }
        catch (Exception exception)
        {
            throw new TrainingCallbackException(callback, _session.Steps, _saved, exception);
        }
        finally
        {
            moment.End();
        }
    }
}
