using Agents.Files;
using Agents.Policies;
using Environments.State;
using Learners.Checkpoints;
using Learners.Configuration;
using Learners.Runs;
using Protos.Foreign;

namespace Learners.Training;

/// <summary>What a run keeps on the disk: settings, checkpoints, metrics, and what to do where somebody deletes them. Owns the log.</summary>
internal sealed class RunKeeping : IDisposable
{
    private readonly TrainingSession _session;
    private readonly TrainingOptions _options;
    private readonly RunFolder? _folder; // null where nothing is kept
    private readonly BestPolicy _best;
    private readonly CheckpointStore? _checkpoints;
    private readonly RunRemains _remains = new();

    /// <summary>Opens the files of a run.</summary>
    /// <param name="session">What trains.</param>
    /// <param name="options">Whom to warn.</param>
    /// <param name="folder">Where they lie; null where nothing is written.</param>
    /// <param name="best">The best policy.</param>
    /// <param name="isResumed">Whether rows beyond the session's step are dropped, and else all.</param>
    public RunKeeping(TrainingSession session, TrainingOptions options, RunFolder? folder, BestPolicy best, bool isResumed)
    {
        _session = session;
        _options = options;
        _folder = folder;
        _best = best;
        _checkpoints = folder is null ? null : new CheckpointStore(folder.Checkpoints, session.Settings.Checkpoints.Keep);
        Log = OpenLog(isResumed ? session.Steps : null);
    }

    /// <summary>Metrics of the run.</summary>
    public RunLog Log { get; private set; }

    /// <summary>Checkpoints that could not be written.</summary>
    public int FailedCheckpoints { get; private set; }

    /// <summary>What somebody deleted while the run went on, in words.</summary>
    public IReadOnlyList<string> Lost => _remains.Lost;

    /// <summary>Makes the folder a run that can be resumed: first a checkpoint, then the settings that go with it.</summary>
    /// <param name="isNew">Whether there is no checkpoint yet.</param>
    public void Begin(bool isNew)
    {
        if (_folder is null)
        {
            return;
        }
        if (isNew)
        {
            SaveCheckpoint();
        }
        AtomicFile.Write(_folder.Config, SettingsSources.Write(_session.Settings));
        ExpectFiles(_folder);
    }

    /// <summary>Saves a checkpoint; a run that outlives failures is only warned where that fails.</summary>
    // A fleet learner would rather train on with a full disk than lose what its actors have sent; the next checkpoint may succeed.
    public void SaveDueCheckpoint()
    {
        try
        {
            SaveCheckpoint();
        }
        catch (Exception exception)
            when (_session.OutlivesFailures
                && !_session.IsDone
                && (exception is CheckpointException || DiskFailure.IsOne(exception))
            )
        {
            FailedCheckpoints++;
            string what =
                exception is CheckpointException
                    ? exception.Message
                    : $"The checkpoint of step {_session.Steps} could not be written ({exception.Message.TrimEnd('.')}).";
            _options.Warn?.Invoke($"{what} Training goes on and tries again at the next one.");
        }
    }

    /// <summary>Saves a checkpoint and the latest policy.</summary>
    /// <exception cref="CheckpointException">It could not be written.</exception>
    public void SaveCheckpoint()
    {
        if (_folder is null || _checkpoints is null)
        {
            return;
        }
        Restore(_folder);
        var state = new StateDictionary();
        _session.SaveState(state);
        state.Set(BestPolicy.StateName, _best.Return ?? double.NaN);
        using SavedPolicy policy = _session.ToPolicy();
        _checkpoints.Save(_session.Steps, policy, state);
        _session.StateIsSafe();
        policy.Save(_folder.Policy);
        _session.SavePoliciesBeside(_folder);
        Log.Flush();
        ExpectFiles(_folder);
    }

    /// <inheritdoc/>
    public void Dispose() => Log.Dispose();

    private RunLog OpenLog(long? resumeAfterSteps) =>
        new(_folder, _options.Clock, _session.Metrics, _session.Tags, resumeAfterSteps, _session.Settings.RecordEpisodes);

    private void ExpectFiles(RunFolder folder)
    {
        _remains.Expect(folder.Config, "settings");
        _remains.Expect(folder.Metrics, "metrics");
        _remains.Expect(folder.Episodes, "episodes");
        _remains.Expect(folder.Checkpoints, "earlier checkpoints");
        _remains.Expect(folder.Best, "the best policy");
        _remains.Expect(folder.Journal, "the journal");
    }

    // A run whose folder was deleted goes on, in a new folder of the same name; what only the old one held is lost, and that is said.
    private void Restore(RunFolder folder)
    {
        IReadOnlyList<string> missing = _remains.TakeMissing();
        if (missing.Count == 0)
        {
            return;
        }
        Directory.CreateDirectory(folder.Path);
        AtomicFile.Write(folder.Config, SettingsSources.Write(_session.Settings));
        if (missing.Contains(folder.Metrics) || missing.Contains(folder.Episodes))
        {
            Log.Dispose();
            Log = OpenLog(resumeAfterSteps: null);
        }
        if (missing.Contains(folder.Journal))
        {
            Directory.CreateDirectory(folder.Journal);
        }
        _options.Warn?.Invoke(
            $"Somebody deleted from '{folder.Path}' while the run went on. Lost until step {_session.Steps}: {string.Join(", ", _remains.Lost)}. What follows is written anew."
        );
    }
}
