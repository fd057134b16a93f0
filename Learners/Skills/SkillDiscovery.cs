using Agents.Files;
using Agents.Yaml;
using Environments;
using Learners.Runs;
using Protos.Foreign;

namespace Learners.Skills;

/// <summary>
/// Discovers skills without rewards: trains a policy on a reward network, plays it and explores from where it ends, teaches the network to like what
/// exploration reached and to dislike what is known, and begins again (Meier and Mujika 2022, arXiv 2202.08266).
/// </summary>
/// <remarks>
/// <code>
/// rewards/0 ─▶ skills/0 ─▶ samples ─▶ rewards/1 ─▶ skills/1 ─▶ …
/// </code>
/// Every arrow writes a whole file or folder and depends on files and seeds alone, so whatever was stopped or killed goes on where it was, and ends with the
/// same numbers.
/// </remarks>
public static class SkillDiscovery
{
    /// <summary>The folder of a discovery when none is named.</summary>
    internal static string DefaultFolder(DiscoverySettings settings, TimeProvider clock) =>
        RunFolder.DefaultPath(EnvironmentId.ToFolderName(settings.Environment), "discover", settings.Seed, clock);

    /// <summary>Discovers skills, or goes on in a folder that was begun with the same settings; only the number of skills may be another one.</summary>
    /// <param name="settings">What is discovered.</param>
    /// <param name="options">Where to write and whom to tell; null for the defaults.</param>
    /// <param name="cancellationToken">Saves and ends; the result says so.</param>
    /// <exception cref="SettingsException">A setting is not possible, or the folder holds a discovery with others.</exception>
    /// <exception cref="UnknownNameException">The environment is unknown.</exception>
    /// <exception cref="IOException">The folder is in use or cannot be written.</exception>
    /// <exception cref="InvalidDataException">A file of the folder is damaged.</exception>
    public static Task<DiscoveryResult> RunAsync(
        DiscoverySettings settings,
        DiscoveryOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new DiscoveryOptions();
        StrictYaml.Validate(settings, "", "settings");
        if (options.Runs is not null && settings.Trainer == SkillTrainerKind.Planned)
        {
            throw new SettingsException(
                "trainer: planned skills have no runs, so actors have nothing to do. Leave --listen out, or choose trainer: learned."
            );
        }
        settings = settings with { Environment = options.Registry.Find(settings.Environment).Id };
        return Task.Run(
            async () =>
            {
                var files = new DiscoveryFolder(options.OutputFolder ?? DefaultFolder(settings, options.Clock));
                DiskFailure.CreateFolder(files.Root);
                using FileStream held =
                    FileLock.TryHold(files.Run.Lock)
                    ?? throw new IOException(
                        $"'{files.Root}' is in use by another discovery. Wait for it to end, or choose another folder."
                    );
                using var work = new DiscoveryWork(settings, options, files);
                work.Begin();
                return await work.RunAsync(cancellationToken).ConfigureAwait(false);
            },
            CancellationToken.None
        );
    }

    /// <summary>The settings of a discovery that was begun.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="SettingsException">There is none, or its settings cannot be read.</exception>
    public static DiscoverySettings SettingsOf(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string config = new RunFolder(folder).Config;
        return File.Exists(config)
            ? StrictYaml.Bind<DiscoverySettings>(DiscoverySettings.ReadFile(config), config)
            : throw new SettingsException(
                $"'{folder}' holds no discovery (there is no config.yaml). Give the folder that 'agents discover' printed."
            );
    }
}
