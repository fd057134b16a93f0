using Page.Runs;
using Protos.Foreign;
using Studies.Plotting;

namespace Page.Curves;

/// <summary>Makes curves of a metric of chosen runs.</summary>
/// <param name="columns">Where the numbers come from.</param>
internal sealed class CurveBuilder(ColumnCache columns)
{
    /// <summary>Most points of a curve.</summary>
    public const int MostPoints = 1_000;

    // Of many curves in one figure each needs fewer.
    private const int FewestPoints = 250;
    private const int MostPointsOfAll = 6_000;

    private const int MostPlaces = 500;

    /// <summary>Makes them.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="metric">Name of the column.</param>
    /// <param name="axis">What the curves lie along.</param>
    /// <param name="joinsSeeds">Whether the seeds of an experiment become one curve, their mean, with a band from the smallest to the largest.</param>
    public CurveSet Build(IReadOnlyList<Run> runs, string metric, Axis axis, bool joinsSeeds)
    {
        int most = joinsSeeds ? MostPoints : Math.Clamp(MostPointsOfAll / Math.Max(1, runs.Count), FewestPoints, MostPoints);
        var problems = new List<string>();
        var curves = new List<CurveData>();
        foreach ((string label, Run[] group) in joinsSeeds ? Groups(runs) : [.. runs.Select(run => (run.Name, new[] { run }))])
        {
            Taken[] taken = [.. group.Select(run => Take(run, metric, axis, most, problems)).OfType<Taken>()];
            if (taken.Length == 1)
            {
                string name = group.Length == 1 && joinsSeeds ? SingleLabel(label, group[0]) : label;
                curves.Add(taken[0].Curve with { Label = name });
            }
            else if (
                taken.Length > 1
                && Guard(label, () => Join(label, taken, group, metric, axis, problems), problems) is { } mean
            )
            {
                curves.Add(mean);
            }
        }
        return new CurveSet(metric, curves, problems);
    }

    /// <summary>Runs by experiment, with labels that tell the experiments apart.</summary>
    public static IReadOnlyList<(string Label, Run[] Runs)> Groups(IReadOnlyList<Run> runs)
    {
        Run[][] kinds = [.. runs.GroupBy(run => run.Experiment?.Id ?? run.Id).Select(kind => kind.ToArray())];
        Experiment[] experiments = [.. kinds.Select(kind => kind[0].Experiment).OfType<Experiment>()];
        bool severalTasks = experiments.Select(one => one.Environment).Distinct().Count() > 1;
        Dictionary<string, string> labels = experiments
            .Zip(FlatSettings.Labels([.. experiments.Select(one => one.Settings)]))
            .ToDictionary(pair => pair.First.Id, pair => severalTasks ? $"{pair.First.Environment} {pair.Second}" : pair.Second);
        return [.. kinds.Select(kind => (kind[0].Experiment is { } own ? labels[own.Id] : kind[0].Name, kind))];
    }

    private static string SingleLabel(string label, Run run) => run.Seed.Length == 0 ? label : $"{label} (seed {run.Seed})";

    private Taken? Take(Run run, string metric, Axis axis, int most, List<string> problems)
    {
        if (run.Kind == RunKind.Study)
        {
            problems.Add($"{run.Name} is a study, which has no metrics of its own; choose its trials.");
            return null;
        }
        return Guard(
            run.Name,
            () =>
                columns.Look(
                    run,
                    metric,
                    column =>
                    {
                        if (column.Series.Rows > 0)
                        {
                            return new Taken(CurveOf(run, column, axis, most), Places(column.Series, axis));
                        }
                        problems.Add(
                            column.Exists
                                ? $"{run.Name} holds no number of '{metric}' yet."
                                : $"{run.Name} has no column '{metric}'."
                        );
                        return null;
                    }
                ),
            problems
        );
    }

    private static T? Guard<T>(string name, Func<T?> make, List<string> problems)
        where T : class
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problems.Add($"{name}: {ForeignText.Show(exception.Message)}");
            return null;
        }
    }

    private static CurveData CurveOf(Run run, MetricsColumn column, Axis axis, int most)
    {
        (double[] x, double[] y) = Downsampling.Points(column.Series, axis, most);
        return new CurveData
        {
            Label = run.Name,
            Runs = [run.Id],
            X = x,
            Y = y,
            Last = column.Series.Last,
            Min = column.Series.Min,
            Max = column.Series.Max,
            Rows = column.Series.Rows,
            NotNumbers = column.Series.NotNumbers,
            DamagedRows = column.DamagedRows,
        };
    }

    // Only where all seeds have numbers, so that the mean never changes its members.
    private CurveData Join(string label, Taken[] taken, Run[] group, string metric, Axis axis, List<string> problems)
    {
        double first = taken.Max(one => one.Places.First);
        double last = taken.Min(one => one.Places.Last);
        int count = last > first ? (int)Math.Clamp(taken.Max(one => one.Curve.Rows), 2, MostPlaces) : 1;
        double[] places =
        [
            .. Enumerable.Range(0, count).Select(i => count == 1 ? first : first + (last - first) * i / (count - 1)),
        ];
        Run[] members = [.. group.Where(run => taken.Any(one => one.Curve.Runs[0] == run.Id))];
        double[] low = new double[count];
        double[] high = new double[count];
        Array.Fill(low, double.PositiveInfinity);
        Array.Fill(high, double.NegativeInfinity);
        double[][] all =
        [
            .. members.Select(run =>
                columns.Look(
                    run,
                    metric,
                    column =>
                    {
                        double[] numbers = Downsampling.At(column.Series, axis, places);
                        for (int i = 0; i < count; i++)
                        {
                            (low[i], high[i]) = (Math.Min(low[i], numbers[i]), Math.Max(high[i], numbers[i]));
                        }
                        Downsampling.Widen(column.Series, axis, places, low, high);
                        return numbers;
                    }
                )
            ),
        ];
        if (last < first)
        {
            problems.Add($"The seeds of {label} have no place of '{metric}' in common yet, so their mean is a single point.");
        }
        double[] mean = [.. places.Select((_, i) => all.Average(one => one[i]))];
        return new CurveData
        {
            Label = $"{label} ({members.Length} seeds)",
            Runs = [.. members.Select(run => run.Id)],
            X = places,
            Y = mean,
            Low = low,
            High = high,
            Last = mean[^1],
            Min = taken.Min(one => one.Curve.Min),
            Max = taken.Max(one => one.Curve.Max),
            Rows = taken.Sum(one => one.Curve.Rows),
            NotNumbers = taken.Sum(one => one.Curve.NotNumbers),
            DamagedRows = taken.Sum(one => one.Curve.DamagedRows),
        };
    }

    private static (double First, double Last) Places(Series series, Axis axis) =>
        (series.Buckets[0].First(axis), series.Buckets[^1].Last(axis));

    private sealed record Taken(CurveData Curve, (double First, double Last) Places);
}
