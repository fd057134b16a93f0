using Agents.Yaml;
using Environments;
using Protos.Foreign;
using Studies.Claims;
using Studies.Reports;
using Studies.Statistics;

namespace Studies.Comparison;

/// <summary>Compares algorithms by their runs. What <c>agents compare</c> calls.</summary>
internal static class RunComparer
{
    private const int ProfilePoints = 301;
    private const double ProfileMargin = 0.02;

    /// <summary>Reads the runs and computes everything; nothing is written.</summary>
    /// <exception cref="IOException">A folder holds no run.</exception>
    /// <exception cref="InvalidDataException">A group of runs has no finished one.</exception>
    /// <exception cref="SettingsException">The algorithms cannot be compared as the options say.</exception>
    public static ComparisonReport Compare(ComparisonOptions options)
    {
        var references = new ReferenceScores(options.ReferenceFile, options.Registry);
        var selection = new RunSelection(options);
        IReadOnlyList<string> tasks = selection.Tasks;
        IReadOnlyDictionary<string, ReferenceScore>? normalization =
            tasks.Count > 1 || options.ReferenceFile is not null ? references.Of(tasks) : null;
        ScoreMatrix[] scores = [.. selection.Algorithms.Select(algorithm => Scores(algorithm, tasks, normalization))];
        string[] labels = [.. selection.Algorithms.Select(algorithm => algorithm.Label)];
        int baseline = BaselineOf(options.Baseline, labels);

        List<string> notes = [.. selection.Notes];
        LearningCurve curve = selection.Algorithms.SelectMany(algorithm => algorithm.All).All(run => run.HasEpisodes)
            ? LearningCurve.TrainingEpisodes
            : LearningCurve.Evaluations;
        (string Task, double Threshold)[] thresholds = Thresholds(options, references, tasks, notes);
        double[] moments = ProfileThresholds(scores);
        var report = new ComparisonReport
        {
            Options = options,
            Tasks = tasks,
            References = normalization,
            Algorithms =
            [
                .. selection.Algorithms.Select(
                    (algorithm, i) =>
                        FigureOf(
                            algorithm,
                            scores[i],
                            normalization is not null,
                            [.. thresholds.Select(one => ThresholdOf(algorithm, one.Task, one.Threshold, curve, options.Seed))],
                            moments,
                            options.Seed
                        )
                ),
            ],
            Pairs =
            [
                .. Enumerable
                    .Range(0, labels.Length)
                    .Where(i => i != baseline)
                    .Select(i => PairOf(labels[i], labels[baseline], scores[i], scores[baseline], options.Seed)),
            ],
            Curve = curve,
            LeftOut = selection.LeftOut,
            Notes = notes,
        };
        AddNotes(report, notes);
        return report;
    }

    private static ScoreMatrix Scores(
        Algorithm algorithm,
        IReadOnlyList<string> tasks,
        IReadOnlyDictionary<string, ReferenceScore>? references
    ) =>
        new([
            .. tasks.Select(task =>
                algorithm
                    .Runs[task]
                    .Select(run => references is null ? run.Score : references[task].Normalize(run.Score))
                    .ToArray()
            ),
        ]);

    private static int BaselineOf(string? label, string[] labels)
    {
        int baseline = label is null ? 0 : Array.IndexOf(labels, label);
        return baseline >= 0
            ? baseline
            : throw new SettingsException(
                $"--baseline is '{label}', but no algorithm is called so.{NearestName.Suggest(label!, labels)} Known: {ForeignText.Show(string.Join("; ", labels))}."
            );
    }

    private static (string Task, double Threshold)[] Thresholds(
        ComparisonOptions options,
        ReferenceScores references,
        IReadOnlyList<string> tasks,
        List<string> notes
    )
    {
        (string Task, double? Threshold)[] all =
        [
            .. tasks.Select(task => (task, options.Threshold ?? references.ThresholdOf(task))),
        ];
        string[] without = [.. all.Where(one => one.Threshold is null).Select(one => one.Task)];
        if (without.Length > 0)
        {
            notes.Add(
                $"Frames and CPU-seconds to a threshold are left out for {string.Join(", ", without)}, whose threshold is not known. Give one with --threshold."
            );
        }
        return [.. all.Where(one => one.Threshold is not null).Select(one => (one.Task, one.Threshold!.Value))];
    }

    private static AlgorithmFigure FigureOf(
        Algorithm algorithm,
        ScoreMatrix scores,
        bool isNormalized,
        ThresholdFigure[] thresholds,
        double[] moments,
        ulong seed
    ) =>
        new()
        {
            Label = algorithm.Label,
            Scores = scores,
            Mean = StratifiedBootstrap.Of(scores, ScoreStatistics.Mean, seed),
            InterquartileMean = StratifiedBootstrap.Of(scores, ScoreStatistics.InterquartileMean, seed),
            Median = StratifiedBootstrap.Of(scores, ScoreStatistics.Median, seed),
            OptimalityGap = isNormalized ? StratifiedBootstrap.Of(scores, ScoreStatistics.OptimalityGap, seed) : null,
            Thresholds = thresholds,
            Profile = StratifiedBootstrap.ProfileOf(scores, moments, seed),
        };

    private static ThresholdFigure ThresholdOf(
        Algorithm algorithm,
        string task,
        double threshold,
        LearningCurve curve,
        ulong seed
    )
    {
        IReadOnlyList<ComparedRun> runs = algorithm.Runs[task];
        RunValue[] frames = [.. runs.Select(run => run.StepsTo(threshold, curve))];
        RunValue[] seconds = [.. runs.Zip(frames, (run, steps) => run.CpuSecondsTo(steps))];
        return new ThresholdFigure(
            task,
            threshold,
            frames.Count(value => !value.IsMissing && !value.IsCensored),
            frames.Count(value => !value.IsMissing),
            Bootstrap.OfArm(frames, Statistic.Median, seed),
            Bootstrap.OfArm(seconds, Statistic.Median, seed)
        );
    }

    private static PairFigure PairOf(string label, string baseline, ScoreMatrix first, ScoreMatrix second, ulong seed) =>
        new(
            label,
            baseline,
            StratifiedBootstrap.OfPair(first, second, ScoreStatistics.DifferenceOfMeans, seed),
            StratifiedBootstrap.OfPair(first, second, ScoreStatistics.ProbabilityOfImprovement, seed)
        );

    // From a little below the lowest score of all, where every share is 1, to a little above the highest, where it is 0.
    private static double[] ProfileThresholds(ScoreMatrix[] scores)
    {
        double low = scores.Min(one => one.All.ToArray().Min());
        double high = scores.Max(one => one.All.ToArray().Max());
        double margin = high > low ? (high - low) * ProfileMargin : Math.Max(Math.Abs(high) * ProfileMargin, ProfileMargin);
        (low, high) = (low - margin, high + margin);
        return [.. Enumerable.Range(0, ProfilePoints).Select(i => low + (high - low) * i / (ProfilePoints - 1))];
    }

    private static void AddNotes(ComparisonReport report, List<string> notes)
    {
        if (report.References is { } references)
        {
            notes.Add(
                $"Scores are normalised, so that two returns of each task become 0 and 1: {string.Join(", ", report.Tasks.Select(task => $"{FigureText.Number(references[task].Random!.Value)} and {FigureText.Number(references[task].Reference!.Value)} on {task}"))}."
            );
        }
        string[] few =
        [
            .. report
                .Algorithms.Where(algorithm => algorithm.Scores.FewestRuns < Estimate.LeastSeeds)
                .Select(algorithm => algorithm.Label),
        ];
        if (few.Length > 0)
        {
            notes.Add(
                $"[-]: fewer than {Estimate.LeastSeeds} runs of a task give no interval ({string.Join("; ", few)}). Train more seeds."
            );
        }
        string[] scarce =
        [
            .. report
                .Algorithms.Where(algorithm =>
                    algorithm.Scores.FewestRuns >= Estimate.LeastSeeds && algorithm.Scores.FewestRuns < Estimate.EnoughSeeds
                )
                .Select(algorithm => algorithm.Label),
        ];
        if (scarce.Length > 0)
        {
            notes.Add(
                $"Intervals of {string.Join("; ", scarce)} are too short: fewer than {Estimate.EnoughSeeds} runs of a task hold less than all that chance does. Train more seeds before you conclude anything from them."
            );
        }
        ThresholdFigure[] thresholds = [.. report.Algorithms.SelectMany(algorithm => algorithm.Thresholds)];
        if (thresholds.Length == 0)
        {
            return;
        }
        notes.Add(
            report.Curve switch
            {
                LearningCurve.TrainingEpisodes =>
                    $"A threshold is reached when the last {ComparedRun.Window} training episodes average it (episodes.csv). Frames are environment steps, the median over runs.",
                LearningCurve.Evaluations =>
                    "A threshold is reached at the first evaluation that averages it (eval/mean_return of metrics.csv), since not every run has an episodes.csv; record_episodes=true writes it. Frames are environment steps, the median over runs.",
            }
        );
        notes.Add(
            "CPU-seconds are those of a run's process, in proportion to its steps: runs trained together with --seeds count each other's, and a resumed run counts its last process alone."
        );
        if (thresholds.Any(figure => figure.Frames.Seeds == 0))
        {
            notes.Add("–: a run wrote down neither its episodes nor evaluations. Train with --set record_episodes=true.");
        }
        if (thresholds.Any(figure => figure.Frames.Seeds > 0 && figure.CpuSeconds.Seeds == 0))
        {
            notes.Add("–: CPU-seconds of a run are not known, since a process that trained it was killed.");
        }
    }
}
