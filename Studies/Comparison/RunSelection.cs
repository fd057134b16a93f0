using Agents.Yaml;
using Protos.Foreign;
using Studies.Plotting;

namespace Studies.Comparison;

/// <summary>Finds the runs below some folders and makes algorithms of them.</summary>
internal sealed class RunSelection
{
    private readonly ComparisonOptions _options;
    private readonly List<LeftOutRun> _leftOut = [];
    private readonly List<string> _notes = [];

    /// <summary>Finds and reads the runs.</summary>
    /// <param name="options">Where they are, and what makes an algorithm.</param>
    /// <exception cref="IOException">A folder is missing or holds no run.</exception>
    /// <exception cref="InvalidDataException">A group has no finished run, or algorithms do not have the same tasks.</exception>
    public RunSelection(ComparisonOptions options)
    {
        _options = options;
        IReadOnlyList<RunGroup> groups = RunGroup.Find(options.Paths);
        RequireLabels(groups);
        Algorithms =
        [
            .. groups
                .GroupBy(group => options.ByAgent ? group.Agent : group.Label)
                .OrderBy(algorithm => algorithm.Min(PositionOf))
                .ThenBy(algorithm => algorithm.Key, StringComparer.Ordinal)
                .Select(algorithm => new Algorithm(
                    algorithm.Key,
                    algorithm
                        .GroupBy(group => group.Environment)
                        .ToDictionary(task => task.Key, task => Read(algorithm.Key, task.Key, [.. task]))
                )),
        ];
        Tasks = [.. groups.Select(group => group.Environment).Distinct()];
        RequireSameTasks(groups);
    }

    /// <summary>Algorithms, in the order of the folders that were named.</summary>
    public IReadOnlyList<Algorithm> Algorithms { get; }

    /// <summary>Tasks, which every algorithm has runs of.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>Runs that take no part.</summary>
    public IReadOnlyList<LeftOutRun> LeftOut => _leftOut;

    /// <summary>What a reader should know of the rest, in sentences.</summary>
    public IReadOnlyList<string> Notes => _notes;

    private IReadOnlyList<ComparedRun> Read(string label, string task, RunGroup[] groups)
    {
        if (groups.Length > 1)
        {
            _notes.Add(
                $"{label} on {task} has runs of {groups.Length} different settings, which --by agent takes for one algorithm."
            );
        }
        var runs = new List<ComparedRun>();
        var reasons = new List<string>();
        foreach (string folder in groups.SelectMany(group => group.Folders))
        {
            (ComparedRun? run, string reason) = ComparedRun.Read(folder, _options.Score);
            if (run?.ParameterHash is { } hash && runs.Exists(other => other.ParameterHash == hash))
            {
                (run, reason) = (null, "copies of other runs (their parameters are the same to the bit)");
            }
            if (run is null)
            {
                _leftOut.Add(new LeftOutRun(folder, reason));
                reasons.Add(reason);
                continue;
            }
            runs.Add(run);
        }
        return runs.Count > 0
            ? runs
            : throw new InvalidDataException(
                $"There is nothing to compare of {ForeignText.Show(label)} on {ForeignText.Show(task)}: its runs, such as '{ForeignText.Show(groups[0].Folders[0])}', are {string.Join(" or ", reasons.Distinct())}. Do that, or name folders without these runs."
            );
    }

    // Labels name three settings at most, so that kinds which differ in more can look the same.
    private void RequireLabels(IReadOnlyList<RunGroup> groups)
    {
        if (
            !_options.ByAgent
            && groups.GroupBy(group => (group.Environment, group.Label)).FirstOrDefault(same => same.Count() > 1) is { } twice
        )
        {
            throw new InvalidDataException(
                $"{twice.Count()} kinds of runs on {ForeignText.Show(twice.Key.Environment)} are all called '{ForeignText.Show(twice.Key.Label)}', since they differ in too many settings. Compare fewer kinds at once, or take all runs of an agent for one algorithm: 'agents compare --by agent'."
            );
        }
    }

    private void RequireSameTasks(IReadOnlyList<RunGroup> groups)
    {
        string[] gaps =
        [
            .. Algorithms
                .Select(algorithm => (algorithm.Label, Missing: Tasks.Where(task => !algorithm.Runs.ContainsKey(task)).ToArray()))
                .Where(algorithm => algorithm.Missing.Length > 0)
                .Select(algorithm => $"{algorithm.Label} has no runs on {string.Join(", ", algorithm.Missing)}"),
        ];
        if (gaps.Length > 0)
        {
            string byAgent =
                _options.ByAgent || groups.All(group => group.Label == group.Agent)
                    ? ""
                    : " Where only settings tuned for each environment tell runs apart, 'agents compare --by agent' takes all runs of an agent for one algorithm.";
            throw new SettingsException(
                $"Algorithms are compared on the same tasks, but {ForeignText.Line(string.Join("; ", gaps))}. Train what is missing, or name only folders of tasks that all have.{byAgent}"
            );
        }
    }

    private int PositionOf(RunGroup group) =>
        group.Folders.Min(folder =>
        {
            int position = _options
                .Paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))
                .ToList()
                .FindIndex(path =>
                    folder == path || folder.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                );
            return position < 0 ? int.MaxValue : position;
        });
}
