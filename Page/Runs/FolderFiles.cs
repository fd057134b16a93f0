using Learners.Runs;
using Learners.Skills;
using Studies;
using Studies.Execution;

namespace Page.Runs;

/// <summary>Names and ages of the files that tell how a run is.</summary>
/// <param name="Config">Settings.</param>
/// <param name="Summary">Result.</param>
/// <param name="Metrics">Metrics, or the journal of a study.</param>
internal readonly record struct FolderFiles(FileStamp Config, FileStamp Summary, FileStamp Metrics)
{
    /// <summary>Whether a folder is one of a run or a study.</summary>
    public static bool AreIn(string folder) =>
        File.Exists(Path.Combine(folder, RunFolder.ConfigName)) || File.Exists(Path.Combine(folder, RunFolder.MetricsName));

    /// <summary>Whether a run's folder is that of a study.</summary>
    public static bool AreOfStudy(string folder) => File.Exists(Path.Combine(folder, StudyJournal.FileName));

    /// <summary>The lock that whoever trains in a folder holds.</summary>
    public static string LockOf(string folder) => Path.Combine(folder, AreOfStudy(folder) ? Study.LockName : RunFolder.LockName);

    /// <summary>Whether folders of this name, inside of a run's, hold runs that are a part of it.</summary>
    public static bool ArePartsIn(string name) => name is StudyPlan.TrialsName or DiscoveryFolder.SkillsName;

    /// <summary>Looks at the files of a folder.</summary>
    public static FolderFiles Of(string folder)
    {
        FileStamp metrics = FileStamp.Of(Path.Combine(folder, RunFolder.MetricsName));
        return new FolderFiles(
            FileStamp.Of(Path.Combine(folder, RunFolder.ConfigName)),
            FileStamp.Of(Path.Combine(folder, RunFolder.SummaryName)),
            metrics.Exists ? metrics : FileStamp.Of(Path.Combine(folder, StudyJournal.FileName))
        );
    }

    /// <summary>When the newest of them was written; the earliest time there is where all are missing.</summary>
    public DateTime Changed => new(Math.Max(Config.Ticks, Math.Max(Summary.Ticks, Metrics.Ticks)), DateTimeKind.Utc);
}
