using System.Diagnostics;
using Agents.Files;
using Agents.Kernels;
using Agents.Networks;
using Agents.Policies;
using Environments.Randomness;
using Environments.State;
using Learners.ActorCritic;
using Learners.Checkpoints;
using Learners.Evaluation;
using Learners.Metrics;
using Protos;
using Protos.Foreign;

namespace Learners.Training;

/// <summary>One run: pull an unroll, learn, publish; log, evaluate and save when due. Owns its parts.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const int MaxFailedUpdates = 3;
    private const string InstructionSetName = "instruction_set";

    private readonly TrainingSettings _settings;
    private readonly TrainingOptions _options;
    private readonly RunFolder _folder;
    private readonly NetworkSpec _spec;
    private readonly IUnrollSource _source;
    private readonly ActorCriticLearner _learner;
    private readonly CheckpointStore _checkpoints;
    private readonly RunRemains _remains = new();
    private RunLog _log;
    private readonly EpisodeWindow _episodes = new();
    private readonly RunEvaluation _evaluation;
    private readonly SeedSequence _evaluationSeed;
    private readonly long _startSteps;
    private readonly long _started;
    private long _steps;
    private int _failedUpdates;
    private double? _bestReturn;
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
        _evaluation = new RunEvaluation(settings, options.Registry, options.Warn);
        _evaluationSeed = seeds.Child(2);
        _source = createSource(seeds.Child(0));
        _spec = _source.Spec;
        try
        {
            _learner = LearnerFactory.Create(settings, _spec, seeds.Child(1));
            _checkpoints = new CheckpointStore(folder.Checkpoints, settings.Checkpoints.Keep);
            var averages = new MetricAverages();
            if (state is not null)
            {
                LoadState(state, averages);
            }
            _source.Publish(_learner.ActingParameters, _learner.Updates);
            _startSteps = _steps;
            _started = options.Clock.GetTimestamp();
            _log = new RunLog(
                folder,
                options.Clock,
                averages,
                _learner.Tags,
                state is null ? null : _steps,
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

    private long StepsPerUnroll => _settings.ActorCritic.StepsPerUnroll;

    private bool IsDone =>
        _steps >= _settings.TotalSteps || (_settings.StopAtReturn is { } mark && _episodes.IsFull && _episodes.Mean >= mark);

    private double Seconds => _options.Clock.GetElapsedTime(_started).TotalSeconds;

    /// <summary>
    /// Whether a checkpoint that cannot be written, except the last one, and an unroll whose gradient is not finite only cost a warning.
    /// </summary>
    public bool OutlivesFailures { get; init; }

    /// <summary>Checkpoints that could not be written.</summary>
    public int FailedCheckpoints { get; private set; }

    /// <summary>Makes the folder a run that can be resumed: first a checkpoint, then the settings that go with it.</summary>
    public void Begin()
    {
        if (_startSteps == 0)
        {
            SaveCheckpoint();
        }
        AtomicFile.Write(_folder.Config, SettingsSources.Write(_settings));
        ExpectFiles();
    }

    private void ExpectFiles()
    {
        _remains.Expect(_folder.Config, "settings");
        _remains.Expect(_folder.Metrics, "metrics");
        _remains.Expect(_folder.Episodes, "episodes");
        _remains.Expect(_folder.Checkpoints, "earlier checkpoints");
        _remains.Expect(_folder.Best, "the best policy");
        _remains.Expect(_folder.Journal, "the journal");
    }

    // A run whose folder was deleted goes on, in a new folder of the same name; what only the old one held is lost, and that is said.
    private void Restore()
    {
        IReadOnlyList<string> missing = _remains.TakeMissing();
        if (missing.Count == 0)
        {
            return;
        }
        Directory.CreateDirectory(_folder.Path);
        AtomicFile.Write(_folder.Config, SettingsSources.Write(_settings));
        if (missing.Contains(_folder.Metrics) || missing.Contains(_folder.Episodes))
        {
            _log.Dispose();
            _log = new RunLog(
                _folder,
                _options.Clock,
                _log.Averages,
                _learner.Tags,
                resumeAfterSteps: null,
                _settings.RecordEpisodes
            );
        }
        if (missing.Contains(_folder.Journal))
        {
            Directory.CreateDirectory(_folder.Journal);
        }
        _options.Warn?.Invoke(
            $"Somebody deleted from '{_folder.Path}' while the run went on. Lost until step {_steps}: {string.Join(", ", _remains.Lost)}. What follows is written anew."
        );
    }

    /// <summary>Trains to the last step or to the cancellation, then saves and evaluates.</summary>
    public async Task<TrainingResult> RunAsync(CancellationToken cancellationToken)
    {
        while (!IsDone && await NextAsync(cancellationToken).ConfigureAwait(false) is { } unroll)
        {
            Learn(unroll);
            _episodes.Add(unroll.Episodes, _log.Averages);
            _steps += StepsPerUnroll;
            WriteLog(unroll.Episodes);
            // From here on the unroll is the source's again, and may hold the next one already.
            _source.Publish(_learner.ActingParameters, _learner.Updates);

            bool last = IsDone;
            if (!last && IsDue(_settings.Evaluation.EverySteps, 10) && _settings.Evaluation.Episodes > 0)
            {
                EvaluateDuringTraining(cancellationToken);
            }
            if (last || IsDue(0, 500))
            {
                WriteLog(null);
            }
            if (last || IsDue(_settings.Checkpoints.EverySteps, 10))
            {
                SaveDueCheckpoint();
            }
            _options.Progress?.Report(Progress());
        }
        return Finish(cancellationToken);
    }

    // One actor's nonsense must not end the run of a fleet; where every unroll ends so, the run itself has diverged.
    private void Learn(Unroll unroll)
    {
        try
        {
            _learner.Update(unroll, Math.Min(1.0, (double)_steps / _settings.TotalSteps), _log.Averages);
            _failedUpdates = 0;
        }
        catch (TrainingDivergedException exception) when (OutlivesFailures && ++_failedUpdates < MaxFailedUpdates)
        {
            _options.Warn?.Invoke($"{exception.Message} The rest of this batch is left out.");
        }
    }

    /// <summary>The next unroll, or null when the run was cancelled.</summary>
    private async ValueTask<Unroll?> NextAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        try
        {
            return await _source.NextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _learner.Dispose();
        _source.Dispose();
        _evaluation.Dispose();
    }

    // Due when a multiple of the interval was passed by the latest unroll; an interval of 0 means a share of the run.
    private bool IsDue(long interval, long parts)
    {
        interval = interval > 0 ? interval : Math.Max(1, _settings.TotalSteps / parts);
        return _steps / interval > (_steps - StepsPerUnroll) / interval;
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
            using SavedPolicy policy = CreatePolicy(null);
            evaluation = TryEvaluate(policy, _settings.Evaluation.FinalEpisodes, _evaluationSeed.Child(0), cancellationToken);
        }
        if (evaluation is not null)
        {
            KeepIfBest(evaluation);
            if (!_log.HasEvaluation(_steps))
            {
                _log.WriteEvaluation(_steps, evaluation);
            }
        }
        using SavedPolicy final = CreatePolicy(evaluation);
        final.Save(_folder.Policy);
        var result = new TrainingResult
        {
            RunFolder = _folder.Path,
            PolicyFolder = _folder.Policy,
            EnvironmentSteps = _steps,
            Updates = _learner.Updates,
            WallSeconds = Seconds,
            CpuSeconds = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
            ParameterHash = final.ParameterHash,
            Interrupted = evaluation is null,
            Evaluation = evaluation,
            BestReturn = _bestReturn,
            Lost = _remains.Lost,
        };
        AtomicFile.Write(_folder.Summary, RunSummary.ToJson(result, indented: true) + "\n");
        return result;
    }

    private void EvaluateDuringTraining(CancellationToken cancellationToken)
    {
        using SavedPolicy policy = CreatePolicy(null);
        uint index = (uint)(_steps / StepsPerUnroll);
        EvaluationResult? result = TryEvaluate(
            policy,
            _settings.Evaluation.Episodes,
            _evaluationSeed.Child(index),
            cancellationToken
        );
        if (result is not null)
        {
            _log.WriteEvaluation(_steps, result);
            KeepIfBest(result);
        }
    }

    /// <summary>Evaluates a policy; null when that was cancelled, since an evaluation cut short says nothing.</summary>
    private EvaluationResult? TryEvaluate(
        SavedPolicy policy,
        int episodes,
        SeedSequence seed,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return _evaluation.Play(policy, episodes, seed.GenerateSeed(), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void KeepIfBest(EvaluationResult evaluation)
    {
        if (_bestReturn is { } best && evaluation.MeanReturn < best)
        {
            return;
        }
        _bestReturn = evaluation.MeanReturn;
        using SavedPolicy policy = CreatePolicy(evaluation);
        policy.Save(_folder.Best);
    }

    // A run that was killed may have evaluated after its last checkpoint, which then knows nothing of the best policy that lies there.
    private double? ReturnOfBest()
    {
        if (!Directory.Exists(_folder.Best))
        {
            return null;
        }
        try
        {
            using var best = SavedPolicy.Load(_folder.Best);
            return best.Info.MeanReturn;
        }
        catch (Exception exception) when (exception is PolicyFormatException or IOException or UnauthorizedAccessException)
        {
            _options.Warn?.Invoke(
                $"The best policy so far cannot be read, and the next one takes its place: {exception.Message}"
            );
            return null;
        }
    }

    private static double? Better(double? one, double? other) => one is null || other > one ? other : one;

    // A fleet learner would rather train on with a full disk than lose what its actors have sent; the next checkpoint may succeed.
    private void SaveDueCheckpoint()
    {
        try
        {
            SaveCheckpoint();
        }
        catch (Exception exception)
            when (OutlivesFailures && !IsDone && (exception is CheckpointException || DiskFailure.IsOne(exception)))
        {
            FailedCheckpoints++;
            string what =
                exception is CheckpointException
                    ? exception.Message
                    : $"The checkpoint of step {_steps} could not be written ({exception.Message.TrimEnd('.')}).";
            _options.Warn?.Invoke($"{what} Training goes on and tries again at the next one.");
        }
    }

    /// <summary>Writes episodes, or the metrics since the last row where there are none.</summary>
    private void WriteLog(IReadOnlyList<CompletedEpisode>? episodes)
    {
        try
        {
            if (episodes is null)
            {
                _log.Write(_steps, Speed(), TorchRuntime.LiveTensors);
            }
            else
            {
                _log.WriteEpisodes(_steps, episodes);
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

    private void SaveCheckpoint()
    {
        Restore();
        var state = new StateDictionary();
        state.Set<char>(InstructionSetName, InstructionSet.Name);
        state.Set("environment_steps", _steps);
        state.Set("best_return", _bestReturn ?? double.NaN);
        _learner.SaveState(state.Scope("learner"));
        _source.SaveState(state.Scope("source"));
        _episodes.SaveState(state.Scope("episodes"));
        _log.Averages.SaveState(state.Scope("averages"));
        using SavedPolicy policy = CreatePolicy(null);
        _checkpoints.Save(_steps, policy, state);
        _source.StateIsSafe();
        policy.Save(_folder.Policy);
        _log.Flush();
        ExpectFiles();
    }

    private void LoadState(StateDictionary state, MetricAverages averages)
    {
        _steps = state.Get("environment_steps", 0L, long.MaxValue / 2);
        double best = state.Get<double>("best_return");
        _bestReturn = Better(double.IsNaN(best) ? null : best, ReturnOfBest());
        if (state.Contains(InstructionSetName))
        {
            string before = new(state.GetArray<char>(InstructionSetName));
            if (before != InstructionSet.Name)
            {
                _options.Warn?.Invoke(
                    $"The run was computed with {ForeignText.Show(before)} until now and goes on with {InstructionSet.Name}, whose sums are rounded in another order: its parameters will not be those of a run on one of them, bit for bit."
                );
            }
        }
        _learner.LoadState(state.Scope("learner"));
        _source.LoadState(state.Scope("source"));
        _episodes.LoadState(state.Scope("episodes"));
        averages.LoadState(state.Scope("averages"), [.. RunLog.Tags, .. _learner.Tags]);
    }

    private SavedPolicy CreatePolicy(EvaluationResult? evaluation)
    {
        var info = new PolicyInfo
        {
            Agent = _settings.Agent,
            Environment = _settings.Environment,
            FrameStack = _settings.Wrappers.FrameStack,
            PreviousActionReward = _settings.Wrappers.PreviousActionReward,
            FrameSkip = _settings.Wrappers.FrameSkip,
            StickyActions = _settings.Wrappers.StickyActions,
            NoopMax = _settings.Wrappers.NoopMax,
            ObservationScale = _settings.Wrappers.ObservationScale,
            ParameterVersion = _learner.Updates,
            EnvironmentSteps = _steps,
            Seed = _settings.Seed,
            Episodes = evaluation?.Episodes ?? 0,
            MeanReturn = evaluation?.MeanReturn,
            StdReturn = evaluation?.StdReturn,
        };
        return new SavedPolicy(info, _spec, _learner.ExportParameters(), _source.ObservationStatistics);
    }

    private double Speed() => (_steps - _startSteps) / Math.Max(Seconds, 1e-9);

    private TrainingProgress Progress()
    {
        double speed = Speed();
        return new TrainingProgress(
            _steps,
            _settings.TotalSteps,
            _learner.Updates,
            _episodes.Count,
            _episodes.Mean,
            speed,
            TimeSpan.FromSeconds(Seconds),
            TimeSpan.FromSeconds(Math.Min(Math.Max(0, _settings.TotalSteps - _steps) / speed, TimeSpan.MaxValue.TotalSeconds / 2))
        );
    }
}
