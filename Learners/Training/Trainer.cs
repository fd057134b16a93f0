using Agents.Files;
using Agents.Yaml;
using Environments.State;
using Learners.Checkpoints;

namespace Learners.Training;

/// <summary>Trains an agent in one process: the entry point of programs, and what <c>agents train</c> calls.</summary>
public static class Trainer
{
    /// <summary>Trains, evaluates and saves.</summary>
    /// <param name="settings">What to train; see <see cref="TrainingSettings.For"/>.</param>
    /// <param name="options">Where to write and whom to tell; null for the defaults.</param>
    /// <param name="cancellationToken">Ends training after the running update: a checkpoint is saved and the result says so.</param>
    /// <exception cref="SettingsException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The environment is unknown.</exception>
    /// <exception cref="IOException">The run folder cannot be written, or already holds a run.</exception>
    /// <exception cref="CheckpointException">A checkpoint could not be written.</exception>
    /// <exception cref="global::Environments.EnvironmentFaultException">The environment gave a number that is not finite.</exception>
    /// <exception cref="ActorCritic.TrainingDivergedException">The gradient stopped being finite.</exception>
    public static Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        TrainingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new TrainingOptions();
        StrictYaml.Validate(settings, "", "settings");
        options.Registry.Find(settings.Environment);
        var folder = new RunFolder(options.OutputFolder ?? RunFolder.DefaultPath(settings, options.Clock));
        if (File.Exists(folder.Config))
        {
            throw new IOException($"'{folder.Path}' already holds a run. Continue it with --resume, or choose another --out.");
        }
        return Task.Run(
            async () =>
            {
                Directory.CreateDirectory(folder.Path);
                await File.WriteAllTextAsync(folder.Config, SettingsSources.Write(settings), CancellationToken.None)
                    .ConfigureAwait(false);
                using var run = new TrainingRun(settings, options, folder, state: null);
                return await run.RunAsync(cancellationToken).ConfigureAwait(false);
            },
            CancellationToken.None
        );
    }

    /// <summary>Continues a run from its newest whole checkpoint, as if it had never stopped.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="assignments">Settings to change, <c>key=value</c>, such as a larger <c>total_steps</c>.</param>
    /// <param name="options">Whom to tell; its folder is ignored.</param>
    /// <param name="cancellationToken">As for <see cref="TrainAsync"/>.</param>
    /// <exception cref="CheckpointException">The folder holds no run, or no checkpoint of it is whole.</exception>
    public static Task<TrainingResult> ResumeAsync(
        string runFolder,
        IReadOnlyList<string>? assignments = null,
        TrainingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new TrainingOptions();
        var folder = new RunFolder(runFolder);
        if (!File.Exists(folder.Config))
        {
            throw new CheckpointException(
                $"'{runFolder}' holds no run (there is no config.yaml). Give the folder that 'agents train' printed."
            );
        }
        TrainingSettings settings = SettingsSources.Read(folder.Config, assignments ?? []);
        return Task.Run(
            async () =>
            {
                AtomicFolder.CleanUp(folder.Path);
                StateDictionary state = new CheckpointStore(folder.Checkpoints, settings.Checkpoints.Keep).LoadNewest(
                    options.Warn ?? (_ => { })
                );
                using TrainingRun run = Create(settings, options, folder, state);
                await File.WriteAllTextAsync(folder.Config, SettingsSources.Write(settings), CancellationToken.None)
                    .ConfigureAwait(false);
                return await run.RunAsync(cancellationToken).ConfigureAwait(false);
            },
            CancellationToken.None
        );
    }

    private static TrainingRun Create(TrainingSettings settings, TrainingOptions options, RunFolder folder, StateDictionary state)
    {
        try
        {
            return new TrainingRun(settings, options, folder, state);
        }
        catch (InvalidDataException exception)
        {
            throw new CheckpointException(
                $"The checkpoint of '{folder.Path}' does not fit its settings: {exception.Message} Only total_steps, evaluation and checkpoints may change.",
                exception
            );
        }
    }
}
