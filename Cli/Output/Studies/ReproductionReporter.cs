using System.Globalization;
using Spectre.Console;
using Studies.Reports;
using Studies.Running;

namespace Cli.Output;

/// <summary>Shows a reproduction's progress on standard error: a live bar on a terminal, else one plain line every ten seconds.</summary>
internal sealed class ReproductionReporter(TextWriter error) : IProgress<ReproductionProgress>
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private TimeSpan _next = LineInterval;
    private ProgressTask? _bar;

    /// <summary>Runs a reproduction with its progress shown, and says how to go on when it is interrupted.</summary>
    public async Task<ReproductionReport> ShowAsync(Func<IProgress<ReproductionProgress>, Task<ReproductionReport>> reproduce)
    {
        bool terminal = error == Console.Error && !Console.IsErrorRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        try
        {
            if (!terminal || !console.Profile.Capabilities.Interactive)
            {
                return await reproduce(this).ConfigureAwait(false);
            }
            return await console
                .Progress()
                .AutoClear(true)
                .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
                .StartAsync(async context =>
                {
                    _bar = context.AddTask("starting");
                    return await reproduce(this).ConfigureAwait(false);
                })
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await error
                .WriteLineAsync("Interrupted; running runs are saved. The same command goes on from here.")
                .ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Report(ReproductionProgress value)
    {
        string line = Describe(value);
        if (_bar is not null)
        {
            _bar.Value = 100.0 * value.EnvironmentSteps / Math.Max(1, value.TotalSteps);
            _bar.Description = Markup.Escape(line);
            return;
        }
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(_started);
        if (elapsed >= _next)
        {
            _next = elapsed + LineInterval;
            error.WriteLine(line);
        }
    }

    private static string Describe(in ReproductionProgress value)
    {
        string failed = value.Failed > 0 ? $", {value.Failed} failed" : "";
        string left = value.Remaining is { } time ? $", {(long)time.TotalHours}:{time:mm\\:ss} left" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Finished} of {value.Runs} runs ended, {value.Running} running{failed}, {value.EnvironmentSteps:#,0} of {value.TotalSteps:#,0} steps{left}"
        );
    }
}
