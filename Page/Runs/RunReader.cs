using System.Globalization;
using System.Text.Json;
using Agents.Files;
using Agents.Yaml;
using Protos.Foreign;
using Studies.Plotting;
using Studies.Runs;

namespace Page.Runs;

/// <summary>Reads what the folder of a run says. What cannot be read makes it a damaged run with a reason, and no error.</summary>
internal sealed class RunReader(ExperimentTable experiments)
{
    /// <summary>Reads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="name">Its name in the table.</param>
    /// <param name="files">Its files, looked at before.</param>
    /// <param name="holder">Process that is known to hold it; 0 for none.</param>
    /// <param name="former">What was read of it before, whose settings hold where its file is the same; null for nothing.</param>
    public Run Read(string folder, string name, FolderFiles files, int holder, Run? former)
    {
        var run = new Run
        {
            Id = ShortHash.Of(name),
            Folder = folder,
            Name = name,
            Kind = FolderFiles.AreOfStudy(folder) ? RunKind.Study : RunKind.Training,
            Changed = files.Changed,
            Process = holder,
        };
        var reasons = new List<string>();
        run = Try(() => former?.Experiment is null ? WithSettings(run) : Keep(run, former), run, reasons);
        run = Try(() => WithMetrics(run, files), run, reasons);
        (double Steps, bool? Interrupted) result = (0, null);
        run = Try(() => WithSummary(run, files, out result), run, reasons);
        if (reasons.Count > 0)
        {
            return run with { State = RunState.Damaged, Reason = string.Join(" ", reasons) };
        }
        bool isHeld = holder != 0 || IsHeld(folder);
        bool isCurrent = result.Interrupted is not null && run.Steps <= result.Steps;
        run = run with { Steps = isCurrent && double.IsFinite(result.Steps) ? (long)result.Steps : run.Steps };
        return isHeld ? run with { State = RunState.Training }
            : run.Kind == RunKind.Study && result.Interrupted is null
                ? run with
                {
                    State = RunState.Stopped,
                    Reason = "Not all of it is trained. The same command goes on with it.",
                }
            : !isCurrent
                ? run with
                {
                    State = RunState.Dead,
                    Reason = "Its process ended without a result: it was killed, or its machine went down.",
                }
            : result.Interrupted == true ? run with { State = RunState.Stopped }
            : run with { State = RunState.Finished };
    }

    private static Run Keep(Run run, Run former) =>
        run with
        {
            Kind = former.Kind,
            Experiment = former.Experiment,
            Seed = former.Seed,
            TotalSteps = former.TotalSteps,
        };

    private Run WithSettings(Run run)
    {
        SortedDictionary<string, string> all = RunSettings.Read(run.Folder);
        RunKind kind =
            FolderFiles.AreOfStudy(run.Folder) ? RunKind.Study
            : all.ContainsKey("task") ? RunKind.Supervised
            : all.ContainsKey("steps_per_skill") ? RunKind.Discovery
            : RunKind.Training;
        string total = all.GetValueOrDefault(TotalKey(kind), "");
        return run with
        {
            Kind = kind,
            Experiment = experiments.Of(FlatSettings.OfKind(all)),
            Seed = all.GetValueOrDefault("seed", ""),
            TotalSteps = long.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out long steps) ? steps : 0,
        };
    }

    private static Run WithMetrics(Run run, FolderFiles files)
    {
        if (run.Kind == RunKind.Study || !files.Metrics.Exists)
        {
            return run;
        }
        MetricsTail tail = MetricsTail.Read(run.Folder);
        return run with { Steps = tail.Steps, Return = tail.Return, Speed = tail.Speed };
    }

    private static Run WithSummary(Run run, FolderFiles files, out (double Steps, bool? Interrupted) result)
    {
        result = (0, null);
        if (!files.Summary.Exists || new RunFiles(run.Folder).Summary is not { ValueKind: JsonValueKind.Object } summary)
        {
            return run;
        }
        bool? interrupted = summary.TryGetProperty("interrupted", out JsonElement word)
            ? word.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            }
            : null;
        double steps = Number(summary, ResultKey(run.Kind));
        result = (double.IsNaN(steps) ? double.PositiveInfinity : steps, interrupted);
        return run with { Evaluation = Number(summary, "mean_return") };
    }

    private static string TotalKey(RunKind kind) =>
        kind switch
        {
            RunKind.Supervised => "updates",
            RunKind.Training or RunKind.Discovery or RunKind.Study => "total_steps",
        };

    private static string ResultKey(RunKind kind) =>
        kind switch
        {
            RunKind.Supervised => "updates",
            RunKind.Training or RunKind.Discovery or RunKind.Study => "env_steps",
        };

    private static double Number(JsonElement summary, string key) =>
        summary.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : double.NaN;

    /// <summary>Whether the lock of a run is held: one that another user or another container trains is in no list of this machine's processes.</summary>
    /// <remarks>It is held itself for an instant, so this is asked only where something was written since the last look. What is no plain file is no lock.</remarks>
    public static bool IsHeld(string folder)
    {
        try
        {
            string path = FolderFiles.LockOf(folder);
            return File.Exists(path) && FileLock.IsHeld(PlainFile.PathIn(folder, Path.GetFileName(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Run Try(Func<Run> read, Run otherwise, List<string> reasons)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or InvalidDataException or SettingsException)
        {
            reasons.Add(ForeignText.Show(exception.Message));
            return otherwise;
        }
    }
}
