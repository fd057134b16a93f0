using ScottPlot;
using Studies.Plotting;
using Studies.Trials;

namespace Studies.Results;

/// <summary>Draws a population: each member's score over its steps, and from whom to whom parameters were copied.</summary>
internal static class LineagePicture
{
    private const int Width = 1100;
    private const int Height = 650;

    /// <summary>Draws.</summary>
    /// <param name="state">The population.</param>
    /// <param name="title">What it learns.</param>
    /// <param name="path">The picture, <c>.png</c>.</param>
    public static void Draw(StudyState state, string title, string path)
    {
        using var plot = new Plot();
        foreach (var member in state.Legs.GroupBy(record => record.Leg.Trial).OrderBy(group => group.Key))
        {
            LegRecord[] whole = [.. member.Where(record => record.IsWhole && double.IsFinite(record.Result!.Score))];
            if (whole.Length == 0)
            {
                continue;
            }
            var line = plot.Add.Scatter(
                (double[])[.. whole.Select(record => (double)record.Result!.Steps)],
                (double[])[.. whole.Select(record => record.Result!.Score)]
            );
            line.LegendText = $"member {member.Key}";
            line.Color = Color.FromHex(CurvePlot.Colours[member.Key % CurvePlot.Colours.Length]);
            line.LineWidth = 2;
            line.MarkerSize = 5;
        }
        foreach (
            LineageRow row in Lineage.Rows(state).Where(row => double.IsFinite(row.OwnScore) && double.IsFinite(row.SourceScore))
        )
        {
            var copy = plot.Add.Line(row.SourceSteps, row.SourceScore, row.OwnSteps, row.OwnScore);
            copy.Color = Colors.Black.WithAlpha(0.4);
            copy.LinePattern = LinePattern.Dotted;
            copy.LineWidth = 1;
        }
        plot.Title(title);
        plot.XLabel("environment steps of the member");
        plot.YLabel("score (dotted: who copied whom)");
        plot.ShowLegend(Alignment.LowerRight);
        plot.Save(path, Width, Height);
    }
}
