using System.Globalization;
using Protos.Foreign;
using Spectre.Console;
using Studies.Execution;
using Studies.Results;

namespace Cli.Output;

/// <summary>Shows a study's progress on standard error: a live table on a terminal, else one plain line every ten seconds.</summary>
internal sealed class StudyReporter(TextWriter error) : IProgress<StudyProgress>
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TableInterval = TimeSpan.FromSeconds(1);

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private TimeSpan _next = LineInterval;
    private LiveDisplayContext? _display;

    /// <summary>Carries out a study with its progress shown, and says how to go on when it is interrupted.</summary>
    public async Task<StudyResult> ShowAsync(Func<Task<StudyResult>> carryOut)
    {
        bool terminal = error == Console.Error && !Console.IsErrorRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        try
        {
            if (!terminal || !console.Profile.Capabilities.Interactive)
            {
                return await carryOut().ConfigureAwait(false);
            }
            _next = TimeSpan.Zero;
            return await console
                .Live(new Text("The study's settings are tried."))
                .AutoClear(true)
                .StartAsync(async display =>
                {
                    _display = display;
                    return await carryOut().ConfigureAwait(false);
                })
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await error
                .WriteLineAsync("Interrupted; what trained is saved. The same command goes on from here.")
                .ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Report(StudyProgress value)
    {
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(_started);
        if (elapsed < _next)
        {
            return;
        }
        _next = elapsed + (_display is null ? LineInterval : TableInterval);
        if (_display is not null)
        {
            _display.UpdateTarget(StudyTable.Of(value.Plan, value.Legs, value.Steps).Title(Markup.Escape(Describe(value))));
            return;
        }
        error.WriteLine(Describe(value));
    }

    private static string Describe(StudyProgress value)
    {
        int ended = value.Legs.Count(view => view.Result is not null);
        int failed = value.Legs.Count(view => view.Result is { Failure: not null });
        StudyRow[] scored =
        [
            .. StudyRow.Of(value.Legs).Where(row => !double.IsNaN(row.Score)).OrderByDescending(row => row.Score),
        ];
        string best = scored is [var first, ..]
            ? $", best {Tables.Number(first.Score)} ({ForeignText.Show(first.Values.ToString())})"
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ended} legs ended, {value.Legs.Count - ended} train{(failed > 0 ? $", {failed} failed" : "")}{(value.Lost > 0 ? $", {value.Lost} begun again" : "")}{best}"
        );
    }
}
