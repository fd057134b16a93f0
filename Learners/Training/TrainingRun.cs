using Agents.Files;
using Agents.Policies;
using Environments.State;
using Learners.Composition;
using Learners.Engines;
using Learners.Evaluation;
using Learners.Runs;
using Protos;
using Protos.Foreign;

namespace Learners.Training;

/// <summary>A session with a folder: trains to the end, and logs, evaluates and saves when due. Owns its parts.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingSession _session;
    private readonly TrainingOptions _options;
    private readonly RunFolder? _folder; // null where nothing is written
    private readonly BestPolicy _best;
    private readonly RunKeeping _keeping;
    private readonly long _startSteps;
    private ProcessorShare? _share;
    private readonly long _started;
    private readonly Action<IReadOnlyList<CompletedEpisode>> _hear;
    private RunCallbacks? _callbacks; // null where nobody is called
    private bool _metricsFail;

    /// <summary>A run at its first step, or where <paramref name="state"/> was saved.</summary>
    /// <param name="session">What trains; owned from here on.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="folder">Where to write; null for nowhere.</param>
    /// <param name="state">State that the session continues from; null for a new run.</param>
    public TrainingRun(TrainingSession session, TrainingOptions options, RunFolder? folder, StateDictionary? state)
    {
        _session = session;
        _options = options;
        _folder = folder;
        _hear = Hear;
        try
        {
            _best = new BestPolicy(session, folder, options.Warn);
            if (state is not null)
            {
                _best.Continue(state.Get<double>(BestPolicy.StateName));
            }
            _startSteps = session.Steps;
            _started = options.Clock.GetTimestamp();
            _keeping = new RunKeeping(session, options, folder, _best, isResumed: state is not null);
        }
        catch
        {
            session.Dispose();
            throw;
        }
        if (!session.SavesEnvironments)
        {
            options.Warn?.Invoke(
                $"The state of {Settings.Environment} cannot be saved, so a resumed run begins new episodes; one of your own continues them with ISavableEnvironment."
            );
        }
    }

    private TrainingSettings Settings => _session.Settings;

    private RunLog Log => _keeping.Log;

    /// <summary>Environment steps so far.</summary>
    public long Steps => _session.Steps;

    private bool IsPaused => Steps >= _options.PauseAtSteps;

    private double Seconds => _options.Clock.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Checkpoints that could not be written.</summary>
    public int FailedCheckpoints => _keeping.FailedCheckpoints;

    /// <summary>Makes the folder a run that can be resumed, unless it is one already.</summary>
    public void Begin() => _keeping.Begin(isNew: _startSteps == 0);

    /// <summary>Trains to the last step or to the cancellation, then saves and evaluates.</summary>
    /// <exception cref="TrainingCallbackException">A callback failed; everything is saved.</exception>
    /// <exception cref="AggregateException">A callback failed, and so did saving.</exception>
    public async Task<TrainingResult> RunAsync(CancellationToken cancellationToken)
    {
        using var share = ProcessorShare.Begin();
        _share = share;
        if (!RunCallbacks.Any(_options))
        {
            await TrainAsync(cancellationToken).ConfigureAwait(false);
            return Finish(cancellationToken);
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _callbacks = new RunCallbacks(_options, _session, _folder, stop.Cancel);
        try
        {
            _callbacks.Started(Progress(), _folder?.Path ?? "", isResumed: _startSteps > 0);
            await TrainAsync(stop.Token).ConfigureAwait(false);
            return Finish(stop.Token);
        }
        catch (TrainingCallbackException failure)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            failure.Result ??= FinishAfter(failure, stop.Token);
            throw;
        }
    }

    private TrainingResult FinishAfter(TrainingCallbackException failure, CancellationToken cancelled)
    {
        try
        {
            return Finish(cancelled, saves: true);
        }
        catch (Exception unsaved)
        {
            throw new AggregateException(
                $"{failure.Callback} failed, and the run could not be saved after it.",
                failure.InnerException!,
                unsaved
            );
        }
    }

    private async Task TrainAsync(CancellationToken cancellationToken)
    {
        long before = Steps;
        _callbacks?.Begin();
        while (!_session.IsDone && !IsPaused && await _session.StepAsync(_hear, cancellationToken).ConfigureAwait(false))
        {
            _callbacks?.End(Progress());
            bool last = _session.IsDone;
            if (!last && IsDue(before, Settings.Evaluation.EverySteps, 10) && Settings.Evaluation.Episodes > 0)
            {
                EvaluateDuringTraining(cancellationToken);
            }
            if (last || IsDue(before, 0, 500))
            {
                WriteLog(null);
            }
            if (last || IsDue(before, Settings.Checkpoints.EverySteps, 10))
            {
                _keeping.SaveDueCheckpoint();
            }
            _options.Progress?.Report(Progress());
            before = Steps;
            _callbacks?.Begin();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keeping.Dispose();
        _session.Dispose();
    }

    // Due when a multiple of the interval was passed since then; an interval of 0 means a share of the run.
    private bool IsDue(long before, long interval, long parts)
    {
        interval = interval > 0 ? interval : Math.Max(1, Settings.TotalSteps / parts);
        return Steps / interval > before / interval;
    }

    // What failed may have kept the last checkpoint from being saved.
    private TrainingResult Finish(CancellationToken cancellationToken, bool saves = false)
    {
        if (saves || !_session.IsDone)
        {
            _keeping.SaveCheckpoint();
        }
        _session.End();
        EvaluationResult? evaluation = _session.IsDone
            ? TryEvaluate(Settings.Evaluation.FinalEpisodes, 0, cancellationToken)
            : null;
        bool isBest = evaluation is not null && _best.KeepIfBest(evaluation);
        if (evaluation is not null && !Log.HasEvaluation(Steps))
        {
            Log.WriteEvaluation(Steps, evaluation);
        }
        SavedPolicy final = _session.ToPolicy(_session.EvaluatesLastStage ? null : evaluation);
        var result = new TrainingResult
        {
            RunFolder = _folder?.Path ?? "",
            PolicyFolder = _folder?.Policy ?? "",
            Policy = final,
            EnvironmentSteps = Steps,
            Updates = _session.Updates,
            WallSeconds = Seconds,
            CpuSeconds = _share?.Seconds ?? 0,
            ParameterHash = final.ParameterHash,
            Interrupted = evaluation is null,
            Evaluation = evaluation,
            BestReturn = _best.Return,
            Lost = _keeping.Lost,
        };
        if (_folder is not null)
        {
            final.Save(_folder.Policy);
            _session.SavePoliciesBeside(_folder, evaluation);
            AtomicFile.Write(_folder.Summary, RunSummary.ToFile(result, Settings));
        }
        if (evaluation is not null)
        {
            TellFinal(evaluation, isBest, result);
        }
        return result;
    }

    private void TellFinal(EvaluationResult evaluation, bool isBest, TrainingResult result)
    {
        try
        {
            _callbacks?.Evaluated(Progress(), evaluation, isBest, isFinal: true);
            Log.WriteRest(Steps);
        }
        catch (TrainingCallbackException failure)
        {
            failure.Result = result; // which is whole
            throw;
        }
    }

    private void EvaluateDuringTraining(CancellationToken cancellationToken)
    {
        uint index = (uint)(Steps / Settings.Agent.StepsPerUnroll);
        if (TryEvaluate(Settings.Evaluation.Episodes, index, cancellationToken) is { } result)
        {
            Log.WriteEvaluation(Steps, result);
            bool isBest = _best.KeepIfBest(result);
            _callbacks?.Evaluated(Progress(), result, isBest, isFinal: false);
        }
    }

    // Null when it was cancelled, since an evaluation cut short says nothing.
    private EvaluationResult? TryEvaluate(int episodes, uint index, CancellationToken cancellationToken)
    {
        try
        {
            return _session.Play(episodes, index, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Hear(IReadOnlyList<CompletedEpisode> episodes)
    {
        WriteLog(episodes);
        _callbacks?.Hear(episodes);
    }

    /// <summary>Writes episodes, or the metrics since the last row where there are none.</summary>
    private void WriteLog(IReadOnlyList<CompletedEpisode>? episodes)
    {
        try
        {
            if (episodes is null)
            {
                Log.Write(Steps, Speed(), TorchPackage.LiveTensors);
            }
            else
            {
                Log.WriteEpisodes(Steps, episodes);
            }
            _metricsFail = false;
        }
        catch (Exception exception) when (_session.OutlivesFailures && !_session.IsDone && DiskFailure.IsOne(exception))
        {
            if (!_metricsFail)
            {
                _options.Warn?.Invoke($"Metrics cannot be written ({exception.Message}); rows are left out until they can.");
            }
            _metricsFail = true;
        }
    }

    private double Speed() => (Steps - _startSteps) / Math.Max(Seconds, 1e-9);

    private TrainingProgress Progress()
    {
        double speed = Speed();
        return new TrainingProgress(
            Steps,
            Settings.TotalSteps,
            _session.Updates,
            _session.Episodes,
            _session.MeanReturn,
            speed,
            TimeSpan.FromSeconds(Seconds),
            TimeSpan.FromSeconds(
                Math.Min(Math.Max(0, Settings.TotalSteps - Steps) / Math.Max(speed, 1e-9), TimeSpan.MaxValue.TotalSeconds / 2)
            )
        );
    }
}
