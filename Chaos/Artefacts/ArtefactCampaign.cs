using System.Diagnostics;
using Chaos.Campaigns;
using Chaos.Processes;

namespace Chaos.Artefacts;

/// <summary>Hands damaged artefacts to the command line, all in this process: each must end in one line and an exit code, soon, within its memory, and without having executed or written anything elsewhere.</summary>
internal static class ArtefactCampaign
{
    private const int MostKept = 20;
    private const int ProgressEvery = 250;
    private const double MemoryBar = 300;
    private const string Unexpected = "error: unexpected ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(60);
    private static readonly ArtefactKind[] Kinds = Enum.GetValues<ArtefactKind>();

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        PosixProcess.RequireLinux();
        Func<string[], TextWriter, CancellationToken, Task<int>> runHere =
            options.RunHere
            ?? throw new ArgumentException("This campaign runs command lines within the process.", nameof(options));
        var report = new ChaosReport();
        using var surroundings = new Surroundings(Path.Combine(options.Folder, "around"));
        var mutator = new Mutator(surroundings.Ids, options.Seed);
        options.Progress("making whole artefacts");
        ArtefactSamples samples = await ArtefactSamples
            .MakeAsync(
                Path.Combine(Path.GetFullPath(options.Folder), "samples"),
                async arguments =>
                {
                    var errors = new ErrorLines(null, () => { });
                    int code = await runHere(arguments, errors, cancellationToken).ConfigureAwait(false);
                    return (code, errors.ToString());
                }
            )
            .ConfigureAwait(false);
        surroundings.TakeWritten();
        var damage = new ArtefactDamage(samples, surroundings.Run, mutator);
        var tally = new Tally();
        for (int number = 0; number < options.Mutations; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ArtefactKind kind = Kinds[number % Kinds.Length];
            damage.Make(kind);
            ArtefactCommands command = ArtefactCommands.For(kind, surroundings.Run, mutator);
            string? fault = await TryAsync(command, runHere, options.Slowdown, tally, cancellationToken).ConfigureAwait(false);
            foreach (string name in surroundings.TakeExecuted())
            {
                tally.Executed++;
                fault = $"something was executed: {name}";
            }
            IReadOnlyList<string> written = surroundings.TakeWritten();
            if (written.Count > 0)
            {
                tally.WrittenOutside++;
                fault = $"something was written outside of the run folder: {written[0]}";
            }
            tally.PeakBytes = Math.Max(tally.PeakBytes, PosixProcess.ResidentBytes(Environment.ProcessId));
            if (fault is not null)
            {
                Keep(options, report, surroundings.Run, number, kind, command, fault, tally);
            }
            if ((number + 1) % ProgressEvery == 0)
            {
                options.Progress($"{number + 1} of {options.Mutations} damaged artefacts, {tally.PeakBytes / 1e6:0} MB");
            }
        }
        report.AddAtLeast("mutations", options.Mutations, 1);
        tally.AddTo(report, surroundings.Connections);
        return report;
    }

    /// <summary>Runs one command; what is wrong with how it ended, or null.</summary>
    private static async Task<string?> TryAsync(
        ArtefactCommands command,
        Func<string[], TextWriter, CancellationToken, Task<int>> runHere,
        int slowdown,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (command.EndsWhen is "")
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }
        var errors = new ErrorLines(command.EndsWhen, () => _ = ending.CancelAsync());
        long started = Stopwatch.GetTimestamp();
        Task<int> running = Task.Run(() => runHere(command.Arguments, errors, ending.Token), CancellationToken.None);
        bool inTime =
            await Task.WhenAny(running, Task.Delay(slowdown * Limit, cancellationToken)).ConfigureAwait(false) == running;
        cancellationToken.ThrowIfCancellationRequested();
        if (!inTime)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            tally.Hangs++;
            if (await Task.WhenAny(running, Task.Delay(slowdown * LastWait, cancellationToken)).ConfigureAwait(false) != running)
            {
                throw new IOException(
                    $"'agents {string.Join(' ', command.Arguments)}' hangs, and does not end when it is asked to."
                );
            }
        }
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        tally.Longest = time > tally.Longest ? time : tally.Longest;
        int code;
        try
        {
            code = await running.ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            tally.StackTraces++;
            return $"it threw {exception}";
        }
        string? late = inTime ? null : $"it took {time.TotalSeconds:0.0} s";
        return Judge(code, errors.Lines(), tally) ?? late;
    }

    /// <summary>What is wrong with an exit code and the lines that came with it; null where nothing is.</summary>
    private static string? Judge(int code, string[] lines, Tally tally)
    {
        string? fault = null;
        if (Array.Find(lines, ErrorLines.IsRaw) is { } raw)
        {
            tally.RawLines++;
            fault = $"a raw line: {raw}";
        }
        bool isOneLine = lines.Count(line => line.StartsWith("error: ", StringComparison.Ordinal)) == (code is 1 or 2 ? 1 : 0);
        if (
            code is not (0 or 1 or 2 or 130)
            || !isOneLine
            || Array.Exists(lines, line => line.StartsWith(Unexpected, StringComparison.Ordinal))
        )
        {
            tally.StackTraces++;
            fault = $"exit code {code}: {string.Join(" | ", lines)}";
        }
        tally.Refused += code is 1 or 2 ? 1 : 0;
        tally.Accepted += code is 0 or 130 ? 1 : 0;
        return fault;
    }

    private static void Keep(
        ChaosOptions options,
        ChaosReport report,
        string run,
        int number,
        ArtefactKind kind,
        ArtefactCommands command,
        string fault,
        Tally tally
    )
    {
        if (tally.Kept++ >= MostKept)
        {
            return;
        }
        string folder = Path.Combine(options.Folder, "failed", $"{number}");
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.Move(run, folder);
        report.Remark($"{number}, {kind}: agents {string.Join(' ', command.Arguments)}: {fault}");
    }

    private sealed class Tally
    {
        public int Accepted { get; set; }
        public int Refused { get; set; }
        public int StackTraces { get; set; }
        public int Hangs { get; set; }
        public int RawLines { get; set; }
        public int Executed { get; set; }
        public int WrittenOutside { get; set; }
        public int Kept { get; set; }
        public long PeakBytes { get; set; }
        public TimeSpan Longest { get; set; }

        public void AddTo(ChaosReport report, int connections)
        {
            report.Add("accepted", Accepted);
            report.Add("refused", Refused);
            report.AddAtMost("stack_traces", StackTraces, 0);
            report.AddAtMost("hangs_over_5_seconds", Hangs, 0);
            report.AddAtMost("raw_lines", RawLines, 0);
            report.AddAtMost("peak_megabytes", PeakBytes / 1e6, MemoryBar);
            report.Add("longest_seconds", Longest.TotalSeconds);
            report.AddAtMost("executed", Executed, 0);
            report.AddAtMost("connections", connections, 0);
            report.AddAtMost("written_outside", WrittenOutside, 0);
        }
    }
}
