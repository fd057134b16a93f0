using System.Globalization;
using Agents.Policies;
using Environments;
using Learners.Composition;

namespace Learners.Runs;

/// <summary>The files of one run.</summary>
internal sealed class RunFolder
{
    /// <summary>An existing or future run.</summary>
    public RunFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>Root of the run.</summary>
    public string Path { get; }

    /// <summary>Name of <see cref="Lock"/>.</summary>
    public const string LockName = "run.lock";

    /// <summary>Name of <see cref="Config"/>.</summary>
    public const string ConfigName = "config.yaml";

    /// <summary>Name of <see cref="Metrics"/>.</summary>
    public const string MetricsName = "metrics.csv";

    /// <summary>Name of <see cref="Episodes"/>.</summary>
    public const string EpisodesName = "episodes.csv";

    /// <summary>Name of <see cref="Summary"/>.</summary>
    public const string SummaryName = "summary.json";

    /// <summary>What the process that trains here holds; it stays.</summary>
    public string Lock => In(LockName);

    /// <summary>Resolved settings.</summary>
    public string Config => In(ConfigName);

    /// <summary>Metrics as a table.</summary>
    public string Metrics => In(MetricsName);

    /// <summary>Training episodes as a table, where they are recorded.</summary>
    public string Episodes => In(EpisodesName);

    /// <summary>Result, once the run is over.</summary>
    public string Summary => In(SummaryName);

    /// <summary>Training state.</summary>
    public string Checkpoints => In("checkpoints");

    /// <summary>Unrolls of a fleet, where they are kept.</summary>
    public string Journal => In("journal");

    /// <summary>Latest policy.</summary>
    public string Policy => In("policy");

    /// <summary>Latest network of a supervised run.</summary>
    public string Network => In("network");

    /// <summary>The policy that evaluations play.</summary>
    /// <param name="evaluatesLastStage">Whether that is the last one of a mixture.</param>
    public string Judged(bool evaluatesLastStage) =>
        evaluatesLastStage && Directory.Exists(PolicyBeside(LastStage.FolderName)) ? PolicyBeside(LastStage.FolderName) : Policy;

    /// <summary>Best policy that an evaluation saw.</summary>
    public string Best => In("best");

    /// <summary>Latest policy that the learner has beside the agent's.</summary>
    /// <param name="name">Name of the part that has it.</param>
    public string PolicyBeside(string name) => In(name);

    /// <summary>The folder that a run gets when none is named; where it is taken, one with a number behind it.</summary>
    public static string DefaultPath(TrainingSettings settings, TimeProvider clock) =>
        DefaultPath(EnvironmentId.ToFolderName(settings.Environment), settings.AgentName, settings.Seed, clock);

    /// <summary>The folder that a run gets when none is named.</summary>
    /// <param name="what">What is learned, as a file name.</param>
    /// <param name="how">What learns it, as a file name.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="clock">Tells the time of the name.</param>
    public static string DefaultPath(string what, string how, ulong seed, TimeProvider clock)
    {
        string time = clock.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return System.IO.Path.Combine("runs", what, how, $"{time}-{seed}");
    }

    /// <summary>Whether a folder holds a run.</summary>
    public static bool Exists(string path) => File.Exists(new RunFolder(path).Config);

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
