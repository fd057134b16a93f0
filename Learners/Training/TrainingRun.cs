using System.Diagnostics;
using Agents.Files;
using Agents.Policies;
using Agents.Torch;
using Environments.Randomness;
using Environments.State;
using Learners.ActorCritic;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Metrics;
using Protos;

namespace Learners.Training;

/// <summary>One run: pull an unroll, learn, publish; log, evaluate and save when due. Owns its parts.</summary>
internal sealed partial class TrainingRun : IDisposable
{
    private const int MaxFailedUpdates = 3;

    private readonly TrainingSettings _settings;
    private readonly TrainingOptions _options;
    private readonly RunFolder _folder;
    private readonly IUnrollSource _source;
    private readonly RunExperience _experience;
    private readonly ILearner _learner;
    private readonly RunPolicies _policies;
    private readonly CheckpointStore _checkpoints;
    private readonly RunRemains _remains = new();
    private RunLog _log;
    private readonly EpisodeWindow _episodes = new();
    private readonly long _startSteps;
    private readonly long _started;
    private int _failedUpdates;
    private bool _metricsFail;

    /// <summary>A run at its first step, or where <paramref name="state"/> was saved.</summary>
    /// <param name="settings">What to train.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="createSource">Makes the source of unrolls, which the run owns, from the seed of environments and actions.</param>
    /// <param name="state">State to continue from; null for a new run.</param>
    public TrainingRun(
        TrainingSettings settings,
        TrainingOptions options,
        RunFolder folder,
        Func<SeedSequence, IUnrollSource> createSource,
        StateDictionary? state
    )
    {
        _settings = settings;
        _options = options;
        _folder = folder;
        var seeds = new SeedSequence(settings.Seed);
        _source = createSource(seeds.Child(0));
        _experience = new RunExperience(_source, settings.TotalSteps);
        try
        {
            WarmStart? start =
                state is null && settings.InitialPolicy is { } initial ? new WarmStart(initial, _source.Spec) : null;
            start?.Begin(_source, settings.Wrappers, options.Warn);
            _learner = settings.Agent.Agent.CreateLearner(
                new LearnerContext
                {
                    Settings = settings,
                    Network = _source.Spec,
                    Seed = seeds.Child(1),
                    Experience = _experience,
                    Start = start,
                }
            );
            _policies = new RunPolicies(settings, options, folder, _learner, _source, seeds.Child(2));
            _checkpoints = new CheckpointStore(folder.Checkpoints, settings.Checkpoints.Keep);
            var averages = new MetricAverages();
            if (state is not null)
            {
                LoadState(state, averages);
            }
            _source.Publish(_learner.ActingParameters, _learner.Updates);
            _startSteps = Steps;
            _started = options.Clock.GetTimestamp();
            _log = new RunLog(
                folder,
                options.Clock,
                averages,
                _learner.Tags,
                state is null ? null : Steps,
                settings.RecordEpisodes
            );
        }
        catch
        {
            _learner?.Dispose();
            _source.Dispose();
            throw;
        }
        if (!_source.CanSaveEnvironments)
        {
            options.Warn?.Invoke(
                $"The state of {settings.Environment} cannot be saved, so a resumed run begins new episodes; one of your own continues them with ISavableEnvironment."
            );
        }
    }

    private long Steps => _experience.Steps;

    private bool IsDone =>
        Steps >= _settings.TotalSteps || (_settings.StopAtReturn is { } mark && _episodes.IsFull && _episodes.Mean >= mark);

    private double Seconds => _options.Clock.GetElapsedTime(_started).TotalSeconds;

    /// <summary>
    /// Whether a checkpoint that cannot be written, except the last one, and an unroll whose gradient is not finite only cost a warning.
    /// </summary>
    public bool OutlivesFailures { get; init; }

    /// <summary>Checkpoints that could not be written.</summary>
    public int FailedCheckpoints { get; private set; }

    /// <summary>Trains to the last step or to the cancellation, then saves and evaluates.</summary>
    public async Task<TrainingResult> RunAsync(CancellationToken cancellationToken)
    {
        long before = Steps;
        while (!IsDone && await AdvanceAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_experience.Count() is { } unroll)
            {
                _episodes.Add(unroll.Episodes, _log.Averages);
                WriteLog(unroll.Episodes);
            }
            // From here on the unroll is the source's again, and may hold the next one already.
            _source.Publish(_learner.ActingParameters, _learner.Updates);

            bool last = IsDone;
            if (!last && IsDue(before, _settings.Evaluation.EverySteps, 10) && _settings.Evaluation.Episodes > 0)
            {
                EvaluateDuringTraining(cancellationToken);
            }
            if (last || IsDue(before, 0, 500))
            {
                WriteLog(null);
            }
            if (last || IsDue(before, _settings.Checkpoints.EverySteps, 10))
            {
                SaveDueCheckpoint();
            }
            _options.Progress?.Report(Progress());
            before = Steps;
        }
        return Finish(cancellationToken);
    }

    /// <summary>Lets the learner go on; false when the run was cancelled.</summary>
    // One actor's nonsense must not end the run of a fleet; where every unroll ends so, the run itself has diverged.
    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        try
        {
            bool goesOn = await _learner.AdvanceAsync(_log.Averages, cancellationToken).ConfigureAwait(false);
            if (!goesOn && !cancellationToken.IsCancellationRequested)
            {
                throw new InvalidOperationException(
                    $"The learner of {_settings.AgentName} gave up at step {Steps}, though nobody stopped the run. Let AdvanceAsync return true until its token is cancelled."
                );
            }
            _failedUpdates = 0;
            return goesOn;
        }
        catch (TrainingDivergedException exception) when (OutlivesFailures && ++_failedUpdates < MaxFailedUpdates)
        {
            _options.Warn?.Invoke($"{exception.Message} The rest of this batch is left out.");
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _learner.Dispose();
        _source.Dispose();
        _policies.Dispose();
    }

    // Due when a multiple of the interval was passed since then; an interval of 0 means a share of the run.
    private bool IsDue(long before, long interval, long parts)
    {
        interval = interval > 0 ? interval : Math.Max(1, _settings.TotalSteps / parts);
        return Steps / interval > before / interval;
    }

    private TrainingResult Finish(CancellationToken cancellationToken)
    {
        if (!IsDone)
        {
            SaveCheckpoint();
        }
        _source.End(IsDone);
        EvaluationResult? evaluation = null;
        if (IsDone)
        {
            evaluation = _policies.TryEvaluate(Steps, _settings.Evaluation.FinalEpisodes, 0, cancellationToken);
        }
        if (evaluation is not null)
        {
            _policies.KeepIfBest(Steps, evaluation);
            if (!_log.HasEvaluation(Steps))
            {
                _log.WriteEvaluation(Steps, evaluation);
            }
        }
        using SavedPolicy final = _policies.Create(Steps, evaluation);
        final.Save(_folder.Policy);
        var result = new TrainingResult
        {
            RunFolder = _folder.Path,
            PolicyFolder = _folder.Policy,
            EnvironmentSteps = Steps,
            Updates = _learner.Updates,
            WallSeconds = Seconds,
            CpuSeconds = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
            ParameterHash = final.ParameterHash,
            Interrupted = evaluation is null,
            Evaluation = evaluation,
            BestReturn = _policies.BestReturn,
            Lost = _remains.Lost,
        };
        AtomicFile.Write(_folder.Summary, RunSummary.ToJson(result, indented: true) + "\n");
        return result;
    }

    private void EvaluateDuringTraining(CancellationToken cancellationToken)
    {
        uint index = (uint)(Steps / _settings.Agent.StepsPerUnroll);
        EvaluationResult? result = _policies.TryEvaluate(Steps, _settings.Evaluation.Episodes, index, cancellationToken);
        if (result is not null)
        {
            _log.WriteEvaluation(Steps, result);
            _policies.KeepIfBest(Steps, result);
        }
    }

    /// <summary>Writes episodes, or the metrics since the last row where there are none.</summary>
    private void WriteLog(IReadOnlyList<CompletedEpisode>? episodes)
    {
        try
        {
            if (episodes is null)
            {
                _log.Write(Steps, Speed(), TorchRuntime.LiveTensors);
            }
            else
            {
                _log.WriteEpisodes(Steps, episodes);
            }
            _metricsFail = false;
        }
        catch (Exception exception) when (OutlivesFailures && !IsDone && DiskFailure.IsOne(exception))
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
            _settings.TotalSteps,
            _learner.Updates,
            _episodes.Count,
            _episodes.Mean,
            speed,
            TimeSpan.FromSeconds(Seconds),
            TimeSpan.FromSeconds(Math.Min(Math.Max(0, _settings.TotalSteps - Steps) / speed, TimeSpan.MaxValue.TotalSeconds / 2))
        );
    }
}
