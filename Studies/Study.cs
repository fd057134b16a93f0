using System.Security.Cryptography;
using System.Text;
using Agents.Files;
using Agents.Yaml;
using Environments;
using Learners.Runs;
using Protos.Foreign;
using Studies.Execution;
using Studies.Legs;
using Studies.Results;
using Studies.Trials;

namespace Studies;

/// <summary>Carries out a study from where an earlier call with the same folder stopped, and writes its results. What <c>agents sweep</c> and <c>agents population</c> call.</summary>
internal static class Study
{
    /// <summary>Name of the lock that a study's process holds in its folder.</summary>
    public const string LockName = "study.lock";

    /// <summary>The folder of a study without a file: the same settings have the same.</summary>
    public static string DefaultFolder(StudySettings settings)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StrictYaml.Write(settings))))[..8];
        return Path.Combine("runs", "studies", EnvironmentId.ToFolderName(settings.Environment), $"{settings.Agent}-{hash}");
    }

    /// <summary>Carries out a study.</summary>
    /// <param name="settings">What is studied.</param>
    /// <param name="source">Where the settings come from, for messages.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Asks what trains to save, and stops.</param>
    /// <exception cref="SettingsException">A setting is not possible, or the folder holds another study.</exception>
    /// <exception cref="UnknownNameException">The environment is unknown.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; call again to go on.</exception>
    /// <exception cref="IOException">The folder is in use or cannot be written.</exception>
    /// <exception cref="InvalidDataException">The journal is damaged, or no trial could be trained.</exception>
    public static async Task<StudyResult> RunAsync(
        StudySettings settings,
        string source,
        StudyOptions options,
        CancellationToken cancellationToken
    )
    {
        var plan = StudyPlan.Create(settings, options.Training, source);
        string folder = Path.GetFullPath(options.Folder);
        DiskFailure.CreateFolder(folder);
        using FileStream held =
            DiskFailure.Writing(folder, () => FileLock.TryHold(Path.Combine(folder, LockName)))
            ?? throw new IOException($"'{folder}' is in use by another study. Wait for it to end, or choose another --out.");
        var files = new RunFolder(folder);
        RequireSameStudy(files.Config, plan);
        using StudyJournal journal = StudyJournal.Open(folder);
        void Prune(StudyState state) => SavedLegs.Prune(folder, plan, state);
        Prune(journal.State);
        ILegRunner runner = options.CreateRunner(folder);
        try
        {
            await new StudyEngine(plan, journal, runner, Prune, options.Progress, options.Training.Clock)
                .RunAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            (runner as IDisposable)?.Dispose();
        }
        AtomicFolder.TryDelete(Path.Combine(folder, LegTraining.LockFolder));
        return StudyResult.Write(folder, plan, journal.State, options.Training, cancellationToken);
    }

    private static void RequireSameStudy(string path, StudyPlan plan)
    {
        string text = StrictYaml.Write(plan.Settings);
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, text);
        }
        else if (
            FlatYaml.FirstChange(StrictYaml.Write(StrictYaml.Bind<StudySettings>(StudySettings.ReadFile(path), path)), text) is
            { } changed
        )
        {
            throw new SettingsException(
                $"'{Path.GetDirectoryName(path)}' holds a study with other settings: {changed}. Give it the settings in its config.yaml, or choose another --out."
            );
        }
    }
}
