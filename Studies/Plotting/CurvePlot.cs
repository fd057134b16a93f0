using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;

namespace Studies.Plotting;

/// <summary>Draws curves with their bands into a PNG or SVG file.</summary>
internal static class CurvePlot
{
    /// <summary>Width of a picture in pixels.</summary>
    public const int Width = 900;

    /// <summary>Height of a picture in pixels.</summary>
    public const int Height = 550;

    // A default family of its own choice would be one with serifs.
    private const string Family = "DejaVu Sans";

    private const float LineWidth = 2;
    private const double BandOpacity = 0.2;
    private const int LegendBelow = 5;

    // Okabe and Ito 2008, "Color universal design": eight colours that colour-blind readers can tell apart, without the yellow.
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

    private static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted];

    /// <summary>File endings that can be written.</summary>
    public static IReadOnlyList<string> Formats { get; } = [".png", ".svg"];

    /// <summary>Draws.</summary>
    /// <param name="path">File that ends in .png or .svg; its folder exists.</param>
    /// <param name="title">Above the picture.</param>
    /// <param name="quantity">What the curves show, with its unit: label of the vertical axis.</param>
    /// <param name="curves">At least one.</param>
    /// <param name="marks">Values of dashed horizontal lines, such as thresholds.</param>
    /// <exception cref="ArgumentException">The file ends in something else.</exception>
    public static void Save(
        string path,
        string title,
        string quantity,
        IReadOnlyList<Curve> curves,
        IReadOnlyCollection<double> marks
    )
    {
        string format = Path.GetExtension(path).ToLowerInvariant();
        if (!Formats.Contains(format))
        {
            throw new ArgumentException(
                $"'{path}' cannot be drawn: choose a name that ends in {string.Join(" or ", Formats)}.",
                nameof(path)
            );
        }
        using Plot plot = Draw(title, quantity, curves, marks);
        if (format == ".svg")
        {
            plot.SaveSvg(path, Width, Height);
        }
        else
        {
            plot.SavePng(path, Width, Height);
        }
    }

    private static Plot Draw(string title, string quantity, IReadOnlyList<Curve> curves, IReadOnlyCollection<double> marks)
    {
        var plot = new Plot();
        foreach (double mark in marks)
        {
            HorizontalLine line = plot.Add.HorizontalLine(mark, 1, Color.FromHex("#777777"), LinePattern.Dashed);
            line.LegendText = "threshold " + mark.ToString("0.###", CultureInfo.InvariantCulture);
        }
        for (int i = 0; i < curves.Count; i++)
        {
            Curve curve = curves[i];
            Color colour = Color.FromHex(Colours[i % Colours.Length]);
            if (curve.Seeds > 1)
            {
                FillY band = plot.Add.FillY(curve.Steps, curve.Low, curve.High);
                band.FillColor = colour.WithAlpha(BandOpacity);
                band.LineColor = Colors.Transparent;
                band.MarkerStyle.IsVisible = false;
            }
            Scatter mean = plot.Add.Scatter(curve.Steps, curve.Mean, colour);
            mean.LineWidth = LineWidth;
            mean.LinePattern = Patterns[i / Colours.Length % Patterns.Length];
            mean.MarkerSize = curve.Steps.Length == 1 ? 8 : 0;
            mean.LegendText = $"{curve.Label} ({curve.Seeds} {(curve.Seeds == 1 ? "seed" : "seeds")})";
        }
        plot.Title(title);
        plot.XLabel("steps");
        plot.YLabel(quantity);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = Steps };
        plot.Grid.MajorLineColor = Colors.Black.WithOpacity(0.08);
        plot.Font.Set(Family);
        Legend legend = plot.ShowLegend(Alignment.LowerRight);
        legend.BackgroundColor = Colors.White.WithOpacity(0.85);
        if (curves.Count > LegendBelow)
        {
            plot.ShowLegend(Edge.Bottom);
        }
        return plot;
    }

    // 150000 is 150k, 1500000 is 1.5M.
    private static string Steps(double value) =>
        Math.Abs(value) switch
        {
            >= 1e6 => (value / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + "M",
            >= 1e3 => (value / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + "k",
            _ => value.ToString("0.###", CultureInfo.InvariantCulture),
        };
}
