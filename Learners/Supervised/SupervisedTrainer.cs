using Agents.Files;
using Agents.Yaml;
using Environments.State;
using Learners.Checkpoints;
using Learners.Data;
using Learners.Models;
using Learners.Runs;
using Learners.Training;

namespace Learners.Supervised;

/// <summary>Learns a task in one process: what <c>agents learn</c> calls.</summary>
internal static class SupervisedTrainer
{
    /// <summary>Learns, evaluates and saves.</summary>
    /// <param name="settings">What is learned; see <see cref="SupervisedSources.Load(string?, string?, IReadOnlyList{string})"/>.</param>
    /// <param name="options">Where to write and whom to tell; null for the defaults.</param>
    /// <param name="cancellationToken">Ends learning after the running update: a checkpoint is saved and the result says so.</param>
    /// <exception cref="SettingsException">A setting is out of range.</exception>
    /// <exception cref="InvalidDataException">A file of the task is not what it should be.</exception>
    /// <exception cref="IOException">The run folder cannot be written, or already holds a run; or a file of the task cannot be read.</exception>
    /// <exception cref="CheckpointException">A checkpoint could not be written.</exception>
    /// <exception cref="Composition.TrainingDivergedException">The gradient stopped being finite.</exception>
    public static Task<SupervisedResult> LearnAsync(
        SupervisedSettings settings,
        SupervisedOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new SupervisedOptions();
        StrictYaml.Validate(settings, "", "settings");
        return Task.Run(
            () =>
            {
                string usual = RunFolder.DefaultPath(settings.Task.Name, settings.Network.Core, settings.Seed, options.Clock);
                using RunClaim claim = RunClaim.ForNew(options.OutputFolder, usual);
                using var run = new SupervisedRun(settings, options, claim.Folder, state: null);
                run.Begin();
                return run.Run(cancellationToken);
            },
            CancellationToken.None
        );
    }

    /// <summary>Continues a run from its newest whole checkpoint; parameters end bit for bit as if it had never stopped.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="assignments">Settings to change, <c>key=value</c>: updates, log_every, evaluation and checkpoints.</param>
    /// <param name="options">Whom to tell; its folder is ignored.</param>
    /// <param name="cancellationToken">Ends learning after the running update.</param>
    /// <exception cref="CheckpointException">The folder holds no run, no checkpoint of it is whole, or a file of the task is another one.</exception>
    public static Task<SupervisedResult> ResumeAsync(
        string runFolder,
        IReadOnlyList<string> assignments,
        SupervisedOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new SupervisedOptions();
        var folder = new RunFolder(runFolder);
        SupervisedSettings stored = SettingsOf(folder, []);
        SupervisedSettings settings = SettingsOf(folder, assignments);
        RequireSameRun(stored, settings);
        return Task.Run(
            () =>
            {
                SavedRun.RequirePlain(folder);
                using RunClaim claim = RunClaim.ForResumed(folder);
                AtomicFolder.CleanUp(folder.Path);
                StateDictionary state = new CheckpointStore(folder.Checkpoints, settings.Checkpoints.Keep).LoadNewest(
                    options.Warn ?? (_ => { })
                );
                try
                {
                    using var run = new SupervisedRun(settings, options, folder, state);
                    run.Begin();
                    return run.Run(cancellationToken);
                }
                catch (InvalidDataException exception)
                {
                    throw new CheckpointException(
                        $"The run in '{folder.Path}' cannot be continued: {exception.Message}",
                        exception
                    );
                }
                catch (Exception exception) when (SavedRun.IsMisfit(exception))
                {
                    throw SavedRun.Misfit(folder, exception);
                }
            },
            CancellationToken.None
        );
    }

    /// <summary>Judges the latest network of a run on the samples that its task holds out.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="assignments">Settings to change, <c>key=value</c>: of the task, such as other files, and evaluation.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CheckpointException">The folder holds no run.</exception>
    /// <exception cref="Agents.Policies.PolicyFormatException">The network cannot be loaded, or does not fit the task.</exception>
    public static (SavedNetwork Network, SupervisedScore Score) Evaluate(
        string runFolder,
        IReadOnlyList<string> assignments,
        CancellationToken cancellationToken = default
    )
    {
        var folder = new RunFolder(runFolder);
        SupervisedSettings settings = SettingsOf(folder, assignments);
        SavedNetwork network = SavedNetwork.Load(folder.Network);
        IDataSource source = SupervisedRun.OpenSource(settings);
        if (SupervisedNetwork.SpecOf(source.Form, network.Spec.Settings) != network.Spec)
        {
            throw new Agents.Policies.PolicyFormatException(
                $"The network in '{folder.Network}' reads {network.Spec.ObservationSpace} and answers {network.Spec.Heads[0].Size} numbers; the samples are {source.Form.Inputs} with {source.Form.Targets.HeadSize}. Judge it on samples like those that it learned from."
            );
        }
        using var evaluator = new SupervisedEvaluator(source, network.Spec, settings.BatchSize, settings.Evaluation.GradientLag);
        return (network, evaluator.Evaluate(network.Parameters, cancellationToken));
    }

    private static SupervisedSettings SettingsOf(RunFolder folder, IReadOnlyList<string> assignments) =>
        File.Exists(folder.Config)
            ? SupervisedSources.Read(folder.Config, assignments)
            : throw new CheckpointException(
                $"'{folder.Path}' holds no run (there is no config.yaml). Give the folder that 'agents learn' printed."
            );

    private static void RequireSameRun(SupervisedSettings stored, SupervisedSettings changed)
    {
        SupervisedSettings allowed = stored with
        {
            Updates = changed.Updates,
            LogEvery = changed.LogEvery,
            Evaluation = changed.Evaluation,
            Checkpoints = changed.Checkpoints,
        };
        if (allowed != changed)
        {
            throw new SettingsException(
                $"A resumed run keeps its settings, but {FlatYaml.FirstChange(SupervisedSources.Write(allowed), SupervisedSources.Write(changed)) ?? "one of them changed"}. Only updates, log_every, evaluation and checkpoints may change; start a new run for anything else."
            );
        }
    }
}
