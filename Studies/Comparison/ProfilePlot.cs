using ScottPlot;
using Studies.Plotting;

namespace Studies.Comparison;

/// <summary>Draws performance profiles with their bands into a PNG or SVG file.</summary>
internal static class ProfilePlot
{
    private const double Margin = 0.02;

    /// <summary>Draws.</summary>
    /// <param name="path">File that ends in .png or .svg; its folder is made.</param>
    /// <param name="report">What to draw.</param>
    /// <exception cref="ArgumentException">The file ends in something else.</exception>
    public static void Save(string path, ComparisonReport report)
    {
        CurvePlot.RequireFormat(path);
        using var plot = new Plot();
        for (int i = 0; i < report.Algorithms.Count; i++)
        {
            AlgorithmFigure algorithm = report.Algorithms[i];
            PerformanceProfile profile = algorithm.Profile;
            string legend = $"{algorithm.Label} ({algorithm.Scores.All.Length} runs)";
            CurvePlot.AddCurve(plot, i, legend, profile.Thresholds, profile.Shares, profile.Low, profile.High);
        }
        plot.Axes.SetLimitsY(-Margin, 1 + Margin);
        CurvePlot.Finish(plot, report.Title, $"τ: {report.Quantity}", "share of runs with a score above τ", Alignment.UpperRight);
        CurvePlot.Write(plot, path);
    }
}
