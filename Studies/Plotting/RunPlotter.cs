using Learners.Metrics;
using Learners.Runs;
using Studies.Runs;

namespace Studies.Plotting;

/// <summary>Draws a metric of existing runs, seeds of the same settings as one curve. What <c>agents plot</c> calls.</summary>
internal static class RunPlotter
{
    /// <summary>The metric that is drawn where none is named.</summary>
    public const string DefaultMetric = "charts/episodic_return";

    private const int Moments = 200;

    /// <summary>Draws one picture per environment.</summary>
    /// <param name="paths">Run folders, or folders above them.</param>
    /// <param name="metric">Column of <c>metrics.csv</c>.</param>
    /// <param name="file">Picture, .png or .svg; with several environments each one's name is put before the ending.</param>
    /// <returns>Pictures, and what each shows.</returns>
    /// <exception cref="IOException">A folder holds no run.</exception>
    /// <exception cref="InvalidDataException">The runs have no such metric, or no number of it.</exception>
    public static IReadOnlyList<(string File, string Environment, IReadOnlyList<Curve> Curves)> Draw(
        IEnumerable<string> paths,
        string metric,
        string file
    )
    {
        IGrouping<string, RunGroup>[] tasks = [.. RunGroup.Find(paths).GroupBy(group => group.Environment)];
        var pictures = new List<(string, string, IReadOnlyList<Curve>)>();
        foreach (IGrouping<string, RunGroup> task in tasks)
        {
            Curve[] curves = [.. task.Select(group => CurveOf(group, metric)).OfType<Curve>()];
            if (curves.Length == 0)
            {
                throw new InvalidDataException($"The runs of {task.Key} hold no number of '{metric}' yet.");
            }
            string picture =
                tasks.Length == 1
                    ? file
                    : Path.ChangeExtension(file, null) + $"-{TaskFileName.Of(task.Key)}{Path.GetExtension(file)}";
            CurvePlot.Save(picture, task.Key, Unit(metric), curves, []);
            pictures.Add((picture, task.Key, curves));
        }
        return pictures;
    }

    // Seeds write rows at the same steps unless one was cut short; between rows the curve is a line.
    private static Curve? CurveOf(RunGroup group, string metric)
    {
        (double[] Steps, double[] Values)[] runs =
        [
            .. group.Folders.Select(folder => MetricsTable.Read(new RunFolder(folder).Metrics).Column(metric)),
        ];
        runs = [.. runs.Where(run => run.Steps.Length > 0)];
        if (runs.Length == 0)
        {
            return null;
        }
        double first = runs.Max(run => run.Steps[0]);
        double last = runs.Min(run => run.Steps[^1]);
        double[] moments =
            last > first ? [.. Enumerable.Range(0, Moments).Select(i => first + (last - first) * i / (Moments - 1))] : [first];
        return Curve.Of(group.Label, moments, [.. runs.Select(run => LinearInterpolation.At(run.Steps, run.Values, moments))]);
    }

    private static string Unit(string metric) =>
        metric switch
        {
            DefaultMetric => "return of training episodes (mean between rows)",
            "charts/episodic_length" => "length of training episodes (steps)",
            "charts/SPS" => "environment steps per second",
            "eval/mean_return" => "return of evaluations (mean)",
            _ => metric,
        };
}
