using System.Globalization;
using Learners.Supervised;

namespace Cli.Output;

/// <summary>Shows the progress of a supervised run; of several, that of the one that told last.</summary>
internal sealed class LearningReporter(TextWriter error) : ProgressLines<SupervisedProgress>(error)
{
    /// <inheritdoc/>
    protected override TimeSpan Elapsed(SupervisedProgress value) => value.Elapsed;

    /// <inheritdoc/>
    protected override double Share(SupervisedProgress value) => (double)value.Updates / value.TotalUpdates;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Describe(SupervisedProgress value)
    {
        List<string> parts =
        [
            Text($"{value.Updates:#,0} of {value.TotalUpdates:#,0} updates"),
            Text($"loss {value.Loss:0.0000}"),
            $"{Time(value.Remaining)} left",
            Text($"{value.UpdatesPerSecond:#,0} updates/s"),
        ];
        if (!double.IsNaN(value.Accuracy))
        {
            parts.Insert(2, Text($"accuracy {value.Accuracy:0.000}"));
        }
        return parts;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
