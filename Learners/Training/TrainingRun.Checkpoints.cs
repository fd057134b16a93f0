using Agents.Files;
using Agents.Kernels;
using Agents.Policies;
using Environments.State;
using Learners.Checkpoints;
using Learners.Metrics;
using Protos.Foreign;

namespace Learners.Training;

// What a run keeps on the disk, and how it continues from it.
internal sealed partial class TrainingRun
{
    private const string InstructionSetName = "instruction_set";

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
            $"Somebody deleted from '{_folder.Path}' while the run went on. Lost until step {Steps}: {string.Join(", ", _remains.Lost)}. What follows is written anew."
        );
    }

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
                    : $"The checkpoint of step {Steps} could not be written ({exception.Message.TrimEnd('.')}).";
            _options.Warn?.Invoke($"{what} Training goes on and tries again at the next one.");
        }
    }

    private void SaveCheckpoint()
    {
        Restore();
        var state = new StateDictionary();
        state.Set<char>(InstructionSetName, InstructionSet.Name);
        state.Set("environment_steps", Steps);
        state.Set("best_return", _policies.BestReturn ?? double.NaN);
        _learner.SaveState(state.Scope("learner"));
        _source.SaveState(state.Scope("source"));
        _episodes.SaveState(state.Scope("episodes"));
        _log.Averages.SaveState(state.Scope("averages"));
        using SavedPolicy policy = _policies.Create(Steps, null);
        _checkpoints.Save(Steps, policy, state);
        _source.StateIsSafe();
        policy.Save(_folder.Policy);
        _log.Flush();
        ExpectFiles();
    }

    private void LoadState(StateDictionary state, MetricAverages averages)
    {
        _experience.Steps = state.Get("environment_steps", 0L, long.MaxValue / 2);
        _policies.Continue(state.Get<double>("best_return"));
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
}
