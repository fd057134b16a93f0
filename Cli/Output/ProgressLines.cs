using System.Globalization;
using Spectre.Console;

namespace Cli.Output;

/// <summary>
/// Shows a run's progress on standard error: a line now and then, which stays, and on a terminal a live bar below those lines, which does not. Thread-safe.
/// </summary>
/// <typeparam name="TProgress">How far a run is.</typeparam>
internal abstract class ProgressLines<TProgress>(TextWriter error) : IProgress<TProgress>
{
    private const int WidestBar = 40;
    private const int WidthOfPercentage = 7; // with the spaces around it

    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private volatile IAnsiConsole? _console; // the terminal while it shows a bar
    private ProgressTask? _bar;
    private TimeSpan _nextLine = FirstInterval;
    private TimeSpan _nextBar;

    /// <summary>Runs a training, or several, with the progress shown.</summary>
    public async Task<T> ShowAsync<T>(Func<IProgress<TProgress>, Task<T>> train)
    {
        bool terminal = error == Console.Error && !Console.IsErrorRedirected;
        IAnsiConsole? console = terminal
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            : null;
        if (console is not { Profile.Capabilities.Interactive: true })
        {
            return await train(this).ConfigureAwait(false);
        }
        try
        {
            Progress progress = console.Progress();
            progress.RefreshRate = BarInterval;
            return await progress
                .AutoClear(true)
                .Columns(
                    new ProgressBarColumn { Width = BarWidth(console) },
                    new PercentageColumn(),
                    new TaskDescriptionColumn { Alignment = Justify.Left }
                )
                .StartAsync(async context =>
                {
                    _bar = context.AddTask("starting");
                    _console = console;
                    return await train(this).ConfigureAwait(false);
                })
                .ConfigureAwait(false);
        }
        finally
        {
            _console = null;
        }
    }

    /// <inheritdoc/>
    public void Report(TProgress value)
    {
        TimeSpan elapsed = Elapsed(value);
        lock (_lock)
        {
            if (elapsed >= _nextLine)
            {
                // The longer a run lasts, the less often: each line has ten times as much behind it as it adds, and a minute at most lies between two.
                TimeSpan interval = elapsed / 10;
                _nextLine =
                    elapsed
                    + (
                        interval < FirstInterval ? FirstInterval
                        : interval < LastInterval ? interval
                        : LastInterval
                    );
                WriteLine(string.Join(", ", Describe(value)));
            }
            if (_console is { } console && _bar is { } bar && elapsed >= _nextBar)
            {
                _nextBar = elapsed + BarInterval;
                bar.Value = 100 * Share(value);
                bar.Description = Markup.Escape(
                    Fit(Describe(value), console.Profile.Width - BarWidth(console) - WidthOfPercentage)
                );
            }
        }
    }

    /// <summary>Writes a line that stays, above the bar where there is one.</summary>
    public void WriteLine(string line)
    {
        if (_console is { } console)
        {
            console.WriteLine(line);
        }
        else
        {
            error.WriteLine(line);
        }
    }

    /// <summary>Wall time since the run began.</summary>
    protected abstract TimeSpan Elapsed(TProgress value);

    /// <summary>Share of the run that is done, 0 to 1.</summary>
    protected abstract double Share(TProgress value);

    /// <summary>What a line for people tells, the most important part first: a narrow terminal shows the first ones only.</summary>
    protected abstract IReadOnlyList<string> Describe(TProgress value);

    /// <summary>A time for people, in hours, minutes and seconds.</summary>
    protected static string Time(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}");

    /// <summary>A number for people; a dash for one that is not known.</summary>
    protected static string Known(double number) => double.IsNaN(number) ? "–" : Tables.Number(number);

    /// <summary>As many of the parts as fit beside each other, the first one cut if it has to be.</summary>
    /// <param name="parts">Parts, the most important first.</param>
    /// <param name="width">Characters that there are.</param>
    internal static string Fit(IReadOnlyList<string> parts, int width)
    {
        string line = parts[0];
        foreach (string part in parts.Skip(1))
        {
            if (line.Length + 2 + part.Length > width)
            {
                break;
            }
            line += ", " + part;
        }
        return line.Length <= width ? line : line[..Math.Max(0, width)];
    }

    private static int BarWidth(IAnsiConsole console) => Math.Clamp(console.Profile.Width / 4, 4, WidestBar);
}
