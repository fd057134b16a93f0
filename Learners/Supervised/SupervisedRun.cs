using Agents.Files;
using Environments.Randomness;
using Environments.State;
using Learners.Checkpoints;
using Learners.Data;
using Learners.Models;
using Learners.Runs;

namespace Learners.Supervised;

/// <summary>One run: take a batch, learn; log, evaluate and save when due. Owns its parts.</summary>
internal sealed class SupervisedRun : IDisposable
{
    private readonly SupervisedSettings _settings;
    private readonly SupervisedOptions _options;
    private readonly RunFolder _folder;
    private readonly IDataSource _source;
    private readonly Samples _samples;
    private readonly SupervisedLearner _learner;
    private readonly SupervisedEvaluator _evaluator;
    private readonly SupervisedLog _log;
    private readonly CheckpointStore _checkpoints;
    private readonly long _startUpdates;
    private readonly long _started;
    private double _loss = double.NaN;

    /// <summary>A run at its first update, or where <paramref name="state"/> was saved.</summary>
    /// <param name="settings">What is learned.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="state">State to continue from; null for a new run.</param>
    public SupervisedRun(SupervisedSettings settings, SupervisedOptions options, RunFolder folder, StateDictionary? state)
    {
        (_settings, _options, _folder) = (settings, options, folder);
        var seeds = new SeedSequence(settings.Seed);
        _source = OpenSource(settings);
        SupervisedSize.Require(settings, _source.Form);
        _samples = new Samples(_source.Form, settings.BatchSize);
        _learner = new SupervisedLearner(settings, _source.Form, seeds.Child(1));
        SupervisedEvaluator? evaluator = null;
        try
        {
            int lag = settings.Evaluation.GradientLag;
            _evaluator = evaluator = new SupervisedEvaluator(_source, _learner.Spec, settings.BatchSize, lag);
            _checkpoints = new CheckpointStore(folder.Checkpoints, settings.Checkpoints.Keep);
            if (state is not null)
            {
                _learner.LoadState(state.Scope("learner"));
                _source.LoadState(state.Scope("source"));
                SavedInstructionSet.Compare(state, _options.Warn);
            }
            _startUpdates = Updates;
            _started = options.Clock.GetTimestamp();
            _log = new SupervisedLog(
                folder,
                options.Clock,
                _learner.Tags,
                lag > 0 ? _learner.Spec.State.Parts.Select(part => part.Name) : [],
                state is null ? null : Updates
            );
            if (state is not null)
            {
                _log.Averages.LoadState(state.Scope("averages"), [.. _log.LearnerTags]);
            }
        }
        catch
        {
            _log?.Dispose();
            evaluator?.Dispose();
            _learner.Dispose();
            _share.Dispose();
            throw;
        }
    }

    private long Updates => _learner.Updates;

    private bool HasStopped => _settings.StopAtAccuracy is { } mark && _learner.RunningAccuracy >= mark;

    private bool IsDone => Updates >= _settings.Updates || HasStopped;

    private readonly ProcessorShare _share = ProcessorShare.Begin();

    private double Seconds => _options.Clock.GetElapsedTime(_started).TotalSeconds;

    private double Speed => (Updates - _startUpdates) / Math.Max(Seconds, 1e-9);

    /// <summary>The samples of a run.</summary>
    public static IDataSource OpenSource(SupervisedSettings settings) =>
        settings.Task.Open(
            new SourceContext(settings.BatchSize, settings.Evaluation.Samples, new SeedSequence(settings.Seed).Child(0))
        );

    /// <summary>Makes the folder a run that can be resumed: first a checkpoint, then the settings that go with it.</summary>
    public void Begin()
    {
        if (_startUpdates == 0)
        {
            SaveCheckpoint();
        }
        AtomicFile.Write(_folder.Config, SupervisedSources.Write(_settings));
    }

    /// <summary>Learns to the last update or to the cancellation, then saves and evaluates.</summary>
    public SupervisedResult Run(CancellationToken cancellationToken)
    {
        while (!IsDone && !cancellationToken.IsCancellationRequested)
        {
            long before = Updates;
            _source.Next(_samples);
            _loss = _learner.Learn(_samples, _log.Averages);
            if (IsDone || IsDue(before, _settings.LogEvery, 200))
            {
                _log.Write(Updates, Speed);
            }
            if (!IsDone && IsDue(before, _settings.Evaluation.EveryUpdates, 10))
            {
                TryEvaluate(cancellationToken);
            }
            if (IsDone || IsDue(before, _settings.Checkpoints.EverySteps, 10))
            {
                SaveCheckpoint();
            }
            _options.Progress?.Report(Progress());
        }
        return Finish(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _share.Dispose();
        _log.Dispose();
        _evaluator.Dispose();
        _learner.Dispose();
    }

    // Due when a multiple of the interval was passed since then; an interval of 0 means a share of the run.
    private bool IsDue(long before, long interval, long parts)
    {
        interval = interval > 0 ? interval : Math.Max(1, _settings.Updates / parts);
        return Updates / interval > before / interval;
    }

    private SupervisedScore? TryEvaluate(CancellationToken cancellationToken)
    {
        try
        {
            SupervisedScore score = _evaluator.Evaluate(_learner.Parameters, cancellationToken);
            _log.WriteScore(Updates, score);
            return score;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private SupervisedResult Finish(CancellationToken cancellationToken)
    {
        if (!IsDone)
        {
            SaveCheckpoint();
        }
        SupervisedScore? score = IsDone ? TryEvaluate(cancellationToken) : null;
        SavedNetwork network = Network();
        network.Save(_folder.Network);
        _log.Flush();
        var result = new SupervisedResult
        {
            RunFolder = _folder.Path,
            NetworkFolder = _folder.Network,
            Task = _settings.Task.Name,
            Updates = Updates,
            Parameters = network.Parameters.Length,
            RunningAccuracy = double.IsNaN(_learner.RunningAccuracy) ? null : _learner.RunningAccuracy,
            Stopped = HasStopped,
            WallSeconds = Seconds,
            CpuSeconds = _share.Seconds,
            ParameterHash = network.ParameterHash,
            Interrupted = score is null,
            Score = score,
        };
        AtomicFile.Write(_folder.Summary, result.ToJson(indented: true) + "\n");
        return result;
    }

    private SavedNetwork Network() => new(_settings.Task.Name, _learner.Spec, _learner.Parameters, Updates, _settings.Seed);

    private void SaveCheckpoint()
    {
        var state = new StateDictionary();
        SavedInstructionSet.Save(state);
        _learner.SaveState(state.Scope("learner"));
        _source.SaveState(state.Scope("source"));
        _log.Averages.SaveState(state.Scope("averages"));
        SavedNetwork network = Network();
        _checkpoints.Save(Updates, "network", network.WriteFiles, state);
        network.Save(_folder.Network);
        _log.Flush();
    }

    private SupervisedProgress Progress() =>
        new(
            Updates,
            _settings.Updates,
            _loss,
            _learner.RunningAccuracy,
            Speed,
            TimeSpan.FromSeconds(Seconds),
            TimeSpan.FromSeconds(
                Math.Min(Math.Max(0, _settings.Updates - Updates) / Math.Max(Speed, 1e-9), TimeSpan.MaxValue.TotalSeconds / 2)
            )
        );
}
