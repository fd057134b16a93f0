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
    protected override string Describe(SupervisedProgress value)
    {
        string accuracy = double.IsNaN(value.Accuracy)
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", accuracy {value.Accuracy:0.000}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Updates:#,0} of {value.TotalUpdates:#,0} updates, loss {value.Loss:0.0000}{accuracy}, {value.UpdatesPerSecond:#,0} updates/s, {Time(value.Remaining)} left"
        );
    }
}
