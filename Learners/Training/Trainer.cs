using Agents.Files;
using Agents.Policies;
using Agents.Yaml;
using Environments.Randomness;
using Environments.State;
using Learners.Checkpoints;
using Learners.Composition;
using Protos.Foreign;

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
    /// <exception cref="PolicyFormatException">There is no policy to begin with, or it is damaged.</exception>
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
        settings = Checked(settings, options);
        return TrainAsync(
            settings,
            options,
            () => RunClaim.ForNew(settings, options),
            seed => InlineUnrollSource.Create(settings, options, seed),
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
        };
    }

    /// <summary>Trains from the unrolls of a source.</summary>
    /// <param name="settings">What <see cref="Checked"/> gave.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="claimFolder">Claims the folder, which is given back when training ends.</param>
    /// <param name="createSource">Makes the source.</param>
    /// <param name="cancellationToken">Ends training after the running update.</param>
    /// <param name="outlivesFailures">See <see cref="TrainingRun.OutlivesFailures"/>.</param>
    internal static Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        TrainingOptions options,
        Func<RunClaim> claimFolder,
        Func<SeedSequence, IUnrollSource> createSource,
        CancellationToken cancellationToken,
        bool outlivesFailures = false
    ) =>
        Task.Run(
            async () =>
            {
                using RunClaim claim = claimFolder();
                using var run = new TrainingRun(settings, options, claim.Folder, createSource, state: null)
                {
                    OutlivesFailures = outlivesFailures,
                };
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
        options = options with { Registry = options.Registry.ForForeignIds }; // the run may be a stranger's
        return ResumeAsync(
            runFolder,
            assignments ?? [],
            options.Agents,
            settings =>
            {
                IdleKeys.Refuse(settings, isFleet: false, file: null, assignments ?? []);
                return options;
            },
            (settings, seed) => InlineUnrollSource.Create(settings, options, seed),
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
        var folder = new RunFolder(runFolder);
        if (!File.Exists(folder.Config))
        {
            throw new CheckpointException(
                $"'{runFolder}' holds no run (there is no config.yaml). Give the folder that 'agents train' printed."
            );
        }
        TrainingSettings stored = ReadSettings(folder, [], agents);
        TrainingSettings settings = ReadSettings(folder, assignments, agents);
        TrainingOptions options = optionsOf(settings);
        options.Registry.RequireAllowed(settings.Environment); // before anything of the folder is touched
        RequireSameRun(stored, settings);
        if (settings.TotalSteps != stored.TotalSteps && settings.Agent.FollowsProgress)
        {
            options.Warn?.Invoke(
                $"The run is now {settings.TotalSteps} steps long instead of {stored.TotalSteps}, so its schedules move to another slope."
            );
        }
        return Task.Run(
            async () =>
            {
                RequirePlain(folder);
                using RunClaim claim = RunClaim.ForResumed(folder);
                AtomicFolder.CleanUp(folder.Path);
                StateDictionary state = new CheckpointStore(folder.Checkpoints, settings.Checkpoints.Keep).LoadNewest(
                    options.Warn ?? (_ => { })
                );
                using TrainingRun run = Create(
                    settings,
                    options,
                    folder,
                    seed => createSource(settings, seed),
                    state,
                    outlivesFailures
                );
                run.Begin();
                try
                {
                    return await run.RunAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (IsMisfit(exception))
                {
                    throw Misfit(folder, exception);
                }
            },
            CancellationToken.None
        );
    }

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

    // What a run writes through a link lands elsewhere, and the folder may be a stranger's.
    internal static void RequirePlain(RunFolder folder)
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

    // A checkpoint can be whole and its values still not fit each other, which shows where an environment or the learner counts with them.
    internal static bool IsMisfit(Exception exception) =>
        exception
            is IndexOutOfRangeException
                or ArithmeticException
                or InvalidCastException
                or KeyNotFoundException
                or NullReferenceException
                or FormatException;

    internal static CheckpointException Misfit(RunFolder folder, Exception exception) =>
        new(
            $"The run in '{folder.Path}' cannot go on from its checkpoint ({exception.GetType().Name}: {ForeignText.Show(exception.Message)}). Its values do not fit each other or its settings, or its environment is at fault; start the run anew, or use the version that wrote it.",
            exception
        );

    private static void RequireSameRun(TrainingSettings stored, TrainingSettings changed)
    {
        TrainingSettings allowed = stored with
        {
            TotalSteps = changed.TotalSteps,
            Evaluation = changed.Evaluation,
            Checkpoints = changed.Checkpoints,
            Fleet = changed.Fleet,
        };
        if (allowed != changed)
        {
            throw new SettingsException(
                "A resumed run keeps its settings: only total_steps, evaluation, checkpoints and fleet may change. Start a new run for anything else."
            );
        }
    }

    private static TrainingRun Create(
        TrainingSettings settings,
        TrainingOptions options,
        RunFolder folder,
        Func<SeedSequence, IUnrollSource> createSource,
        StateDictionary state,
        bool outlivesFailures
    )
    {
        try
        {
            return new TrainingRun(settings, options, folder, createSource, state) { OutlivesFailures = outlivesFailures };
        }
        catch (Exception exception) when (IsMisfit(exception))
        {
            throw Misfit(folder, exception);
        }
        catch (InvalidDataException exception)
        {
            throw new CheckpointException(
                $"The checkpoint of '{folder.Path}' does not fit its settings: {exception.Message} Start the run anew, or use the version that wrote it.",
                exception
            );
        }
    }
}
