using Agents.Files;
using Agents.Policies;
using Agents.Yaml;
using Environments.State;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Protos.Foreign;

namespace Learners.Training;

/// <summary>A run in a folder that is to be continued, whoever wrote it.</summary>
internal sealed class SavedRun
{
    private readonly TrainingSettings _stored;

    private SavedRun(RunFolder folder, TrainingSettings stored, TrainingSettings settings)
    {
        Folder = folder;
        _stored = stored;
        Settings = settings;
    }

    /// <summary>The folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>Its settings with what is to change.</summary>
    public TrainingSettings Settings { get; }

    /// <summary>Reads the settings of a run.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="assignments">Settings to change, <c>key=value</c>.</param>
    /// <param name="agents">Where its agent is looked up.</param>
    /// <exception cref="CheckpointException">The folder holds no run.</exception>
    /// <exception cref="SettingsException">A key or value is not possible.</exception>
    public static SavedRun Find(string path, IReadOnlyList<string> assignments, AgentRegistry agents)
    {
        var folder = new RunFolder(path);
        if (!File.Exists(folder.Config))
        {
            throw new CheckpointException(
                $"'{path}' holds no run (there is no config.yaml). Give the folder that 'agents train' printed."
            );
        }
        return new SavedRun(folder, ReadSettings(folder, [], agents), ReadSettings(folder, assignments, agents));
    }

    /// <summary>Refuses what may not change and what the folder may not ask for, before anything of it is touched.</summary>
    /// <param name="options">What is allowed, and whom to warn.</param>
    /// <exception cref="global::Environments.EnvironmentNotAllowedException">The environment needs a Python module or a server that is not allowed.</exception>
    /// <exception cref="SettingsException">Another setting was changed than may be.</exception>
    public void RequireContinuable(TrainingOptions options)
    {
        options.Registry.RequireAllowed(Settings.Environment);
        TrainingSettings allowed = _stored with
        {
            TotalSteps = Settings.TotalSteps,
            Evaluation = Settings.Evaluation,
            Checkpoints = Settings.Checkpoints,
            Fleet = Settings.Fleet,
        };
        if (allowed != Settings)
        {
            throw new SettingsException(
                $"A resumed run keeps its settings, but {FlatYaml.FirstChange(SettingsSources.Write(allowed), SettingsSources.Write(Settings)) ?? "one of them changed"}. Only total_steps, evaluation, checkpoints and fleet may change; start a new run for anything else."
            );
        }
    }

    /// <summary>Refuses to shorten the run to less than it has done, and warns of what another length changes.</summary>
    /// <param name="done">Environment steps of its checkpoint.</param>
    /// <param name="warn">Receives the warning.</param>
    /// <exception cref="SettingsException">Another length was given, and nothing is left of it.</exception>
    public void RequireStepsLeft(long done, Action<string>? warn)
    {
        if (Settings.TotalSteps != _stored.TotalSteps && done >= Settings.TotalSteps)
        {
            throw new SettingsException(
                $"The run has done {done} steps already, and total_steps={Settings.TotalSteps} leaves none. Give more steps than that; its policy so far is in '{Folder.Policy}'."
            );
        }
        if (Settings.TotalSteps != _stored.TotalSteps && Settings.Agent.FollowsProgress)
        {
            warn?.Invoke(
                $"The run is now {Settings.TotalSteps} steps long instead of {_stored.TotalSteps}, so its schedules move to another slope."
            );
        }
    }

    /// <summary>Reads the newest whole checkpoint.</summary>
    /// <exception cref="CheckpointException">None is whole.</exception>
    public StateDictionary ReadState(Action<string>? warn) =>
        new CheckpointStore(Folder.Checkpoints, Settings.Checkpoints.Keep).LoadNewest(warn ?? (_ => { }));

    /// <summary>A session in this process that goes on from the newest whole checkpoint.</summary>
    /// <exception cref="CheckpointException">None is whole, or it does not fit.</exception>
    public TrainingSession Continue(TrainingOptions options)
    {
        RequireContinuable(options);
        StateDictionary state = ReadState(options.Warn);
        TrainingSession session = Guard(() =>
            new TrainingSession(Settings, options, seed => options.Step(Settings, seed), state)
        );
        try
        {
            RequireStepsLeft(session.Steps, options.Warn);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Writes what a session can be continued from.</summary>
    /// <param name="session">The session.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="isAgain">Whether the session has written there before; otherwise the folder has to be free.</param>
    /// <exception cref="IOException">The folder holds something else, or cannot be written.</exception>
    /// <exception cref="CheckpointException">The checkpoint could not be written.</exception>
    public static void Write(TrainingSession session, RunFolder folder, bool isAgain)
    {
        using RunClaim claim = isAgain ? RunClaim.ForResumed(folder) : RunClaim.ForNew(folder.Path, folder.Path);
        var state = new StateDictionary();
        session.SaveState(state);
        state.Set(BestPolicy.StateName, double.NaN);
        using SavedPolicy policy = session.ToPolicy();
        new CheckpointStore(folder.Checkpoints, session.Settings.Checkpoints.Keep).Save(session.Steps, policy, state);
        policy.Save(folder.Policy);
        session.SavePoliciesBeside(folder);
        AtomicFile.Write(folder.Config, SettingsSources.Write(session.Settings));
    }

    /// <summary>Makes something of the checkpoint, and says so where that does not fit.</summary>
    /// <exception cref="CheckpointException">It does not fit.</exception>
    public T Guard<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (IsMisfit(exception))
        {
            throw Misfit(Folder, exception);
        }
        catch (InvalidDataException exception)
        {
            throw new CheckpointException(
                $"The checkpoint of '{Folder.Path}' does not fit its settings: {exception.Message} Start the run anew, or use the version that wrote it.",
                exception
            );
        }
    }

    /// <summary>Refuses a folder with links: what a run writes through one lands elsewhere, and the folder may be a stranger's.</summary>
    /// <exception cref="CheckpointException">There is one.</exception>
    public static void RequirePlain(RunFolder folder)
    {
        try
        {
            PlainFile.RequirePlainTree(folder.Path);
        }
        catch (IOException exception)
        {
            throw new CheckpointException($"'{folder.Path}' cannot be continued: {exception.Message}", exception);
        }
    }

    /// <summary>Whether values that do not fit each other can throw this. A checkpoint can be whole none the less; it shows where an environment or the learner counts with them.</summary>
    public static bool IsMisfit(Exception exception) =>
        exception
            is IndexOutOfRangeException
                or ArithmeticException
                or InvalidCastException
                or KeyNotFoundException
                or NullReferenceException
                or FormatException;

    /// <summary>What to say of values that do not fit each other.</summary>
    public static CheckpointException Misfit(RunFolder folder, Exception exception) =>
        new(
            $"The run in '{folder.Path}' cannot go on from its checkpoint ({exception.GetType().Name}: {ForeignText.Show(exception.Message)}). Its values do not fit each other or its settings, or its environment is at fault; start the run anew, or use the version that wrote it.",
            exception
        );

    // Settings that were left open mean what they meant when the run began: today's defaults could give an older run another network.
    private static TrainingSettings ReadSettings(RunFolder folder, IReadOnlyList<string> assignments, AgentRegistry agents)
    {
        TrainingSettings settings = SettingsSources.Read(folder.Config, assignments, agents);
        return new CheckpointStore(folder.Checkpoints, settings.Checkpoints.Keep).FindPolicyFormat() == 1
            ? settings with
            {
                Network = PolicyDocument.InFirstFormat(settings.Network),
            }
            : settings;
    }
}
