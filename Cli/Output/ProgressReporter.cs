using System.Globalization;
using Learners.Training;

namespace Cli.Output;

/// <summary>Shows the progress of an agent's run, or of several.</summary>
internal sealed class ProgressReporter(TextWriter error) : ProgressLines<TrainingProgress>(error)
{
    /// <inheritdoc/>
    protected override TimeSpan Elapsed(TrainingProgress value) => value.Elapsed;

    /// <inheritdoc/>
    protected override double Share(TrainingProgress value) => (double)value.EnvironmentSteps / value.TotalSteps;

    /// <inheritdoc/>
    protected override string Describe(TrainingProgress value) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{value.EnvironmentSteps:#,0} of {value.TotalSteps:#,0} steps, return {Known(value.RecentReturn)}, {value.StepsPerSecond:#,0} steps/s, {Time(value.Remaining)} left"
        );
}
