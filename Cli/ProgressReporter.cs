using System.Globalization;
using Learners.Training;
using Spectre.Console;

namespace Cli;

/// <summary>Shows a run's progress on standard error: a live bar on a terminal, else one plain line every ten seconds.</summary>
internal sealed class ProgressReporter(TextWriter error) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);

    private ProgressTask? _bar;
    private TimeSpan _next;

    /// <summary>Runs a training, or several, with the progress shown.</summary>
    public async Task<T> ShowAsync<T>(Func<IProgress<TrainingProgress>, Task<T>> train)
    {
        bool terminal = error == Console.Error && !Console.IsErrorRedirected;
        IAnsiConsole? console = terminal
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            : null;
        if (console is not { Profile.Capabilities.Interactive: true })
        {
            _next = LineInterval;
            return await train(this).ConfigureAwait(false);
        }
        return await console
            .Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                _bar = context.AddTask("starting");
                return await train(this).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (value.Elapsed < _next)
        {
            return;
        }
        _next = value.Elapsed + (_bar is null ? LineInterval : BarInterval);
        string line = Describe(value);
        if (_bar is null)
        {
            error.WriteLine(line);
            return;
        }
        _bar.Value = 100.0 * value.EnvironmentSteps / value.TotalSteps;
        _bar.Description = Markup.Escape(line);
    }

    private static string Describe(in TrainingProgress value) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{value.EnvironmentSteps:#,0} of {value.TotalSteps:#,0} steps, return {(double.IsNaN(value.RecentReturn) ? "–" : Tables.Number(value.RecentReturn))}, {value.StepsPerSecond:#,0} steps/s, {(long)value.Remaining.TotalHours}:{value.Remaining:mm\\:ss} left"
        );
}
