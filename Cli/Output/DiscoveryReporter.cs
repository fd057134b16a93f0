using System.Globalization;
using Learners.Skills;

namespace Cli.Output;

/// <summary>Shows how far a discovery is.</summary>
internal sealed class DiscoveryReporter(TextWriter error) : ProgressLines<DiscoveryProgress>(error)
{
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <inheritdoc/>
    protected override TimeSpan Elapsed(DiscoveryProgress value) => TimeProvider.System.GetElapsedTime(_started);

    /// <inheritdoc/>
    protected override double Share(DiscoveryProgress value) =>
        (value.Skill + (value.Run is { } run ? (double)run.EnvironmentSteps / run.TotalSteps : 0)) / value.Skills;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Describe(DiscoveryProgress value) =>
        value.Run is { } run
            ?
            [
                Text($"skill {value.Skill + 1} of {value.Skills}: {run.EnvironmentSteps:#,0} of {run.TotalSteps:#,0} steps"),
                Text($"{run.StepsPerSecond:#,0} steps/s"),
            ]
            : [$"skill {value.Skill + 1} of {value.Skills}: {value.Doing}"];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
