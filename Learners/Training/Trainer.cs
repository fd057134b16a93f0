using Actors.Options;
using Agents.Files;
using Agents.Policies;
using Agents.Yaml;
using Environments.Randomness;
using Environments.State;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Learners.Sources;

namespace Learners.Training;

/// <summary>Trains an agent in one process: the entry point of programs, and what <c>agents train</c> calls.</summary>
public static class Trainer
{
    /// <summary>Trains, evaluates and saves.</summary>
    /// <param name="settings">What to train; see <see cref="TunedSettings.For"/>.</param>
    /// <param name="options">Where to write and whom to tell; null for the defaults.</param>
    /// <param name="cancellationToken">Ends training after the running update: a checkpoint is saved and the result says so.</param>
    /// <exception cref="SettingsException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The environment is unknown.</exception>
    /// <exception cref="PolicyFormatException">There is no policy to begin with, or it is damaged.</exception>
    /// <exception cref="IOException">The run folder cannot be written, or already holds a run.</exception>
    /// <exception cref="CheckpointException">A checkpoint could not be written.</exception>
    /// <exception cref="global::Environments.EnvironmentFaultException">The environment gave a number that is not finite.</exception>
    /// <exception cref="TrainingDivergedException">The gradient stopped being finite.</exception>
    /// <exception cref="TrainingCallbackException">A callback failed; what was learned is saved.</exception>
    public static Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        TrainingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        options = (options ?? new TrainingOptions()) with { Stopping = cancellationToken };
        settings = Checked(settings, options);
        if (options.InMemory && options.OutputFolder is { } folder)
        {
            throw new ArgumentException(
                $"The run is to be in memory and to write to '{folder}'. Set one of {nameof(TrainingOptions.InMemory)} and {nameof(TrainingOptions.OutputFolder)}.",
                nameof(options)
            );
        }
        return TrainAsync(
            settings,
            options,
            () => options.InMemory ? null : RunClaim.ForNew(options.OutputFolder, RunFolder.DefaultPath(settings, options.Clock)),
            seed => options.Step(settings, seed),
            cancellationToken
        );
    }

    /// <summary>The settings with the environment's id written in full, and the sum of the weights that the run begins with.</summary>
    /// <exception cref="PolicyFormatException">There is no policy to begin with.</exception>
    /// <exception cref="SettingsException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The environment is unknown.</exception>
    internal static TrainingSettings Checked(TrainingSettings settings, TrainingOptions options)
    {
        StrictYaml.Validate(settings, "", "settings");
        return settings with
        {
            Environment = options.Registry.Find(settings.Environment).Id,
            InitialPolicy = settings.InitialPolicy?.Pinned(),
            Agent = settings.Agent.Pinned(),
            Wrappers = settings.Wrappers.Options is { } chosen
                ? settings.Wrappers with
                {
                    Options = OptionFolder.Pinned(chosen),
                }
                : settings.Wrappers,
        };
    }

    /// <summary>Trains from the unrolls of a source.</summary>
    /// <param name="settings">What <see cref="Checked"/> gave.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="claimFolder">Claims the folder, which is given back when training ends; gives null for a run without one.</param>
    /// <param name="createSource">Makes the source.</param>
    /// <param name="cancellationToken">Ends training after the running update.</param>
    /// <param name="outlivesFailures">See <see cref="TrainingSession.OutlivesFailures"/>.</param>
    internal static Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        TrainingOptions options,
        Func<RunClaim?> claimFolder,
        Func<SeedSequence, IUnrollSource> createSource,
        CancellationToken cancellationToken,
        bool outlivesFailures = false
    ) =>
        Task.Run(
            async () =>
            {
                using RunClaim? claim = claimFolder();
                var session = new TrainingSession(settings, options, createSource) { OutlivesFailures = outlivesFailures };
                using var run = new TrainingRun(session, options, claim?.Folder, state: null);
                run.Begin();
                return await run.RunAsync(cancellationToken).ConfigureAwait(false);
            },
            CancellationToken.None
        );

    /// <summary>Continues a run from its newest whole checkpoint; parameters end bit for bit as if it had never stopped.</summary>
    /// <remarks>
    /// Another number of total steps moves linear schedules to another slope. Environments that cannot be saved begin new episodes.
    /// </remarks>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="assignments">Settings to change, <c>key=value</c>: total_steps, evaluation and checkpoints.</param>
    /// <param name="options">Whom to tell; its folder is ignored.</param>
    /// <param name="cancellationToken">Ends training after the running update, as in a new run.</param>
    /// <exception cref="CheckpointException">The folder holds no run, or no checkpoint of it is whole.</exception>
    /// <exception cref="global::Environments.EnvironmentNotAllowedException">The run's environment needs a Python module or a server that the registry does not allow.</exception>
    public static Task<TrainingResult> ResumeAsync(
        string runFolder,
        IReadOnlyList<string>? assignments = null,
        TrainingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new TrainingOptions();
        options = options with { Registry = options.Registry.ForForeignIds, Stopping = cancellationToken }; // the run may be a stranger's
        return ResumeAsync(
            runFolder,
            assignments ?? [],
            options.Agents,
            settings =>
            {
                IdleKeys.Refuse(settings, isFleet: false, file: null, assignments ?? []);
                return options;
            },
            (settings, seed) => options.Step(settings, seed),
            cancellationToken
        );
    }

    /// <summary>Continues a run from the unrolls of a source.</summary>
    internal static Task<TrainingResult> ResumeAsync(
        string runFolder,
        IReadOnlyList<string> assignments,
        AgentRegistry agents,
        Func<TrainingSettings, TrainingOptions> optionsOf,
        Func<TrainingSettings, SeedSequence, IUnrollSource> createSource,
        CancellationToken cancellationToken,
        bool outlivesFailures = false
    )
    {
        SavedRun saved = SavedRun.Find(runFolder, assignments, agents);
        TrainingOptions options = optionsOf(saved.Settings);
        saved.RequireContinuable(options);
        return Task.Run(
            async () =>
            {
                SavedRun.RequirePlain(saved.Folder);
                using RunClaim claim = RunClaim.ForResumed(saved.Folder);
                AtomicFolder.CleanUp(saved.Folder.Path);
                StateDictionary state = saved.ReadState(options.Warn);
                using TrainingRun run = saved.Guard(() =>
                {
                    var session = new TrainingSession(saved.Settings, options, seed => createSource(saved.Settings, seed), state)
                    {
                        OutlivesFailures = outlivesFailures,
                    };
                    return new TrainingRun(session, options, saved.Folder, state);
                });
                saved.RequireStepsLeft(run.Steps, options.Warn);
                run.Begin();
                try
                {
                    return await run.RunAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (SavedRun.IsMisfit(exception))
                {
                    throw SavedRun.Misfit(saved.Folder, exception);
                }
            },
            CancellationToken.None
        );
    }
}
