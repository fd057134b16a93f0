using System.Globalization;
using Protos.Foreign;
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
    /// <summary>Colours that are told apart also by who sees red and green alike.</summary>
    public static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

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
        RequireFormat(path);
        using Plot plot = Draw(title, quantity, curves, marks);
        Write(plot, path);
    }

    /// <summary>Checks that a file can be drawn.</summary>
    /// <exception cref="ArgumentException">It ends in something else than .png or .svg.</exception>
    public static void RequireFormat(string path)
    {
        if (!Formats.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            throw new ArgumentException(
                $"'{path}' cannot be drawn: choose a name that ends in {string.Join(" or ", Formats)}.",
                nameof(path)
            );
        }
    }

    /// <summary>Writes a plot in the format that the file's ending says; missing folders are made.</summary>
    /// <exception cref="IOException">The file cannot be written; the message says why.</exception>
    public static void Write(Plot plot, string path)
    {
        bool isVector = Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase);
        DiskFailure.CreateFolderOf(path);
        DiskFailure.Writing(path, () => isVector ? plot.SaveSvg(path, Width, Height) : plot.SavePng(path, Width, Height));
    }

    /// <summary>Adds a curve with its band.</summary>
    /// <param name="plot">Where to.</param>
    /// <param name="index">Number of the curve, which chooses its colour.</param>
    /// <param name="legend">Text in the legend.</param>
    /// <param name="x">Positions along the horizontal axis, rising, <c>[n]</c>.</param>
    /// <param name="y">The curve, <c>[n]</c>.</param>
    /// <param name="low">Lower end of the band, <c>[n]</c>; null for no band.</param>
    /// <param name="high">Upper end of the band, <c>[n]</c>; null for no band.</param>
    public static void AddCurve(Plot plot, int index, string legend, double[] x, double[] y, double[]? low, double[]? high)
    {
        Color colour = Color.FromHex(Colours[index % Colours.Length]);
        if (low is not null && high is not null)
        {
            FillY band = plot.Add.FillY(x, low, high);
            band.FillColor = colour.WithAlpha(BandOpacity);
            band.LineColor = Colors.Transparent;
            band.MarkerStyle.IsVisible = false;
        }
        Scatter line = plot.Add.Scatter(x, y, colour);
        line.LineWidth = LineWidth;
        line.LinePattern = Patterns[index / Colours.Length % Patterns.Length];
        line.MarkerSize = x.Length == 1 ? 8 : 0;
        line.LegendText = legend;
    }

    /// <summary>Gives a plot its texts, grid, font and legend.</summary>
    /// <param name="plot">The plot, whose curves are there.</param>
    /// <param name="title">Above it.</param>
    /// <param name="horizontal">Label of the horizontal axis.</param>
    /// <param name="vertical">Label of the vertical axis.</param>
    /// <param name="corner">Where few curves leave room for the legend.</param>
    public static void Finish(Plot plot, string title, string horizontal, string vertical, Alignment corner)
    {
        plot.Title(title);
        plot.XLabel(horizontal);
        plot.YLabel(vertical);
        plot.Grid.MajorLineColor = Colors.Black.WithOpacity(0.08);
        plot.Font.Set(Family);
        Legend legend = plot.ShowLegend(corner);
        legend.BackgroundColor = Colors.White.WithOpacity(0.85);
        if (plot.GetPlottables<Scatter>().Count() > LegendBelow)
        {
            plot.ShowLegend(Edge.Bottom);
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
            bool hasBand = curve.Seeds > 1;
            AddCurve(
                plot,
                i,
                $"{curve.Label} ({curve.Seeds} {(curve.Seeds == 1 ? "seed" : "seeds")})",
                curve.Steps,
                curve.Mean,
                hasBand ? curve.Low : null,
                hasBand ? curve.High : null
            );
        }
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = Steps };
        Finish(plot, title, "steps", quantity, Alignment.LowerRight);
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
