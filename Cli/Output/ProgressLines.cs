using System.Globalization;
using Spectre.Console;

namespace Cli.Output;

/// <summary>Shows a run's progress on standard error: a live bar on a terminal, else one plain line every ten seconds.</summary>
/// <typeparam name="TProgress">How far a run is.</typeparam>
internal abstract class ProgressLines<TProgress>(TextWriter error) : IProgress<TProgress>
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);

    private ProgressTask? _bar;
    private TimeSpan _next;

    /// <summary>Runs a training, or several, with the progress shown.</summary>
    public async Task<T> ShowAsync<T>(Func<IProgress<TProgress>, Task<T>> train)
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
    public void Report(TProgress value)
    {
        TimeSpan elapsed = Elapsed(value);
        if (elapsed < _next)
        {
            return;
        }
        _next = elapsed + (_bar is null ? LineInterval : BarInterval);
        string line = Describe(value);
        if (_bar is null)
        {
            error.WriteLine(line);
            return;
        }
        _bar.Value = 100 * Share(value);
        _bar.Description = Markup.Escape(line);
    }

    /// <summary>Wall time since the run began.</summary>
    protected abstract TimeSpan Elapsed(TProgress value);

    /// <summary>Share of the run that is done, 0 to 1.</summary>
    protected abstract double Share(TProgress value);

    /// <summary>One line for people.</summary>
    protected abstract string Describe(TProgress value);

    /// <summary>A time for people, in hours, minutes and seconds.</summary>
    protected static string Time(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}");

    /// <summary>A number for people; a dash for one that is not known.</summary>
    protected static string Known(double number) => double.IsNaN(number) ? "–" : Tables.Number(number);
}
