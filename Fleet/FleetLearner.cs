using Agents.Yaml;
using Fleet.Hosting;
using Learners.Composition;
using Learners.Runs;
using Learners.Training;

namespace Fleet;

/// <summary>Trains an agent from the unrolls of remote actors: what <c>agents learner</c> calls. The objects are those of <see cref="Trainer"/>.</summary>
public static class FleetLearner
{
    /// <summary>Listens, trains, evaluates and saves.</summary>
    /// <param name="settings">What to train.</param>
    /// <param name="fleet">Where to listen.</param>
    /// <param name="options">Where to write and whom to tell; null for the defaults.</param>
    /// <param name="cancellationToken">Ends training after the running update: a checkpoint is saved and actors are told to wait.</param>
    /// <exception cref="SettingsException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The options would open a port to strangers.</exception>
    /// <exception cref="IOException">An address cannot be opened, or the run folder cannot be written.</exception>
    public static async Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        FleetOptions fleet,
        TrainingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new TrainingOptions();
        settings = Trainer.Checked(settings, options);
        RequireFleet(settings);
        if (options.InMemory)
        {
            throw new ArgumentException(
                $"A fleet's learner keeps checkpoints in a folder, so that it can come back to its actors. Leave {nameof(TrainingOptions.InMemory)} out.",
                nameof(options)
            );
        }
        using var claim = RunClaim.ForNew(options.OutputFolder, RunFolder.DefaultPath(settings, options.Clock));
        await using var session = new FleetSession(fleet, options, claim.Folder.Path);
        TrainingResult result = await Trainer
            .TrainAsync(
                settings,
                session.Options(settings),
                () => claim,
                seed => session.CreateSource(settings),
                cancellationToken,
                outlivesFailures: true
            )
            .ConfigureAwait(false);
        await session.StayAsync(result, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Continues a run from its newest whole checkpoint; actors that wait for it join again by themselves.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="assignments">Settings to change, <c>key=value</c>: total_steps, evaluation, checkpoints and fleet.</param>
    /// <param name="fleet">Where to listen.</param>
    /// <param name="options">Whom to tell; its folder is ignored.</param>
    /// <param name="cancellationToken">As for <see cref="TrainAsync"/>.</param>
    public static async Task<TrainingResult> ResumeAsync(
        string runFolder,
        IReadOnlyList<string>? assignments,
        FleetOptions fleet,
        TrainingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new TrainingOptions();
        options = options with { Registry = options.Registry.ForForeignIds };
        await using var session = new FleetSession(fleet, options, Path.GetFullPath(runFolder));
        TrainingResult result = await Trainer
            .ResumeAsync(
                runFolder,
                assignments ?? [],
                options.Agents,
                session.Options,
                (settings, seed) =>
                {
                    RequireFleet(settings);
                    return session.CreateSource(settings);
                },
                cancellationToken,
                outlivesFailures: true
            )
            .ConfigureAwait(false);
        await session.StayAsync(result, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Refuses what a fleet cannot train.</summary>
    /// <exception cref="SettingsException">It cannot.</exception>
    internal static void RequireFleet(TrainingSettings settings)
    {
        if (settings.UnrollsFrom is { } journal)
        {
            throw new SettingsException(
                $"unrolls_from: a fleet learns from its actors, and not from the journal of '{journal}'. Leave it out, or train in one process."
            );
        }
        if (settings.Agent.MistakeInFleet is { } mistake)
        {
            throw new SettingsException($"{settings.AgentName}.auxiliary.{mistake}");
        }
        if (settings.Wrappers.Options is { } options)
        {
            throw new SettingsException(
                $"wrappers.options: actors of a fleet do not have the policies in '{options.Path}'. Train in one process."
            );
        }
    }
}
