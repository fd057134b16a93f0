using System.Globalization;
using Learners.Runs;
using Protos.Foreign;

namespace Studies.Statistics;

/// <summary>The training episodes of a run in the order in which they ended.</summary>
/// <param name="steps">Environment steps at the end of the unroll in which each ended, never falling.</param>
/// <param name="returns">Their returns.</param>
internal sealed class EpisodeTable(double[] steps, double[] returns)
{
    /// <summary>Episodes.</summary>
    public int Count => returns.Length;

    /// <summary>Reads <c>episodes.csv</c> of a run.</summary>
    /// <exception cref="InvalidDataException">It is no such table.</exception>
    public static EpisodeTable Read(string path)
    {
        var steps = new List<double>();
        var returns = new List<double>();
        int column = -1;
        using FileStream file = PlainFile.OpenIn(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            if (column < 0)
            {
                column = Array.IndexOf(cells, RunLog.EpisodeReturn);
                if (column < 0)
                {
                    throw new InvalidDataException($"'{path}' has no column '{RunLog.EpisodeReturn}'.");
                }
                continue;
            }
            if (
                cells.Length <= column
                || !double.TryParse(cells[0], CultureInfo.InvariantCulture, out double step)
                || !double.TryParse(cells[column], CultureInfo.InvariantCulture, out double sum)
            )
            {
                throw new InvalidDataException($"'{path}' holds the row '{ForeignText.Show(line)}', which is no episode.");
            }
            steps.Add(step);
            returns.Add(sum);
        }
        return new EpisodeTable([.. steps], [.. returns]);
    }

    /// <summary>Environment steps until the last <paramref name="window"/> episodes average the threshold.</summary>
    /// <param name="threshold">Return to reach.</param>
    /// <param name="window">Episodes; fewer never count.</param>
    /// <param name="doneSteps">Environment steps of the whole run, which bound a run that never got there.</param>
    public RunValue StepsTo(double threshold, int window, double doneSteps)
    {
        for (int i = window - 1; i < Count; i++)
        {
            if (Mean(i + 1, window) >= threshold)
            {
                return RunValue.Known(steps[i]);
            }
        }
        return RunValue.MoreThan(doneSteps);
    }

    /// <summary>Mean return of the last <paramref name="window"/> episodes, or of all where there are fewer; not a number where there are none.</summary>
    public double FinalMean(int window) => Mean(Count, window);

    /// <summary>Share of the last <paramref name="window"/> episodes, or of all where there are fewer, that reach the threshold.</summary>
    public double SuccessRate(double threshold, int window)
    {
        int from = Math.Max(0, Count - window);
        return Count == 0
            ? double.NaN
            : returns.AsSpan(from).ToArray().Count(value => value >= threshold) / (double)(Count - from);
    }

    /// <summary>
    /// Mean over environment steps, from the first episode's end on, of the mean return of the last <paramref name="window"/> episodes.
    /// </summary>
    public double AreaUnderCurve(int window, double doneSteps)
    {
        if (Count == 0 || doneSteps <= steps[0])
        {
            return double.NaN;
        }
        double area = 0;
        for (int i = 0; i < Count; i++)
        {
            double until = i + 1 < Count ? steps[i + 1] : doneSteps;
            if (until > steps[i])
            {
                area += Mean(i + 1, window) * (until - steps[i]);
            }
        }
        return area / (doneSteps - steps[0]);
    }

    /// <summary>By how much the mean return of the last <paramref name="window"/> episodes fell at most below what it had been; at least 0.</summary>
    /// <param name="window">Episodes; fewer never count.</param>
    public double LargestDrop(int window)
    {
        double sum = 0;
        double best = double.NegativeInfinity;
        double drop = 0;
        for (int i = 0; i < Count; i++)
        {
            sum += returns[i] - (i >= window ? returns[i - window] : 0);
            if (i >= window - 1)
            {
                best = Math.Max(best, sum / window);
                drop = Math.Max(drop, best - sum / window);
            }
        }
        return Count < window ? double.NaN : drop;
    }

    /// <summary>Mean return of the last <paramref name="window"/> episodes at moments of the run.</summary>
    /// <param name="moments">Environment steps, rising.</param>
    /// <param name="window">Episodes, or as many as there are.</param>
    /// <returns>One number per moment; not a number before the first episode ended.</returns>
    public double[] Curve(ReadOnlySpan<double> moments, int window)
    {
        var curve = new double[moments.Length];
        int ended = 0;
        for (int m = 0; m < moments.Length; m++)
        {
            while (ended < Count && steps[ended] <= moments[m])
            {
                ended++;
            }
            curve[m] = Mean(ended, window);
        }
        return curve;
    }

    // Mean of the episodes before 'end', at most 'window' of them.
    private double Mean(int end, int window)
    {
        int from = Math.Max(0, end - window);
        double sum = 0;
        for (int i = from; i < end; i++)
        {
            sum += returns[i];
        }
        return end == 0 ? double.NaN : sum / (end - from);
    }
}
