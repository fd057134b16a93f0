using System.Diagnostics;
using Page.Details;
using Page.Runs;
using Studies.Runs;

namespace Page.Control;

/// <summary>A process that goes on when the page ends, and writes what it says to the file beside the run's folder (<c>RUN.log</c>).</summary>
internal static class DetachedRun
{
    // Started by the shell, since nothing else gives a process a session and files of its own: Ctrl-C in the page's terminal is not for it. Where there is no
    // setsid (macOS), Ctrl-C stops it, too; it saves.
    private const string Script = """
        log=$1; shift
        exec </dev/null >>"$log" 2>&1
        command -v setsid >/dev/null && exec setsid "$@"
        exec "$@"
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Starts it and waits until it holds the run's lock.</summary>
    /// <param name="run">The run that it continues.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Why it failed; null where it trains, or has not said anything for a minute.</returns>
    public static async Task<string?> StartAsync(Run run, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        string log = new RunFiles(run.Folder).Log;
        if (new FileInfo(log).LinkTarget is not null)
        {
            return $"'{Path.GetFileName(log)}', where the run's process would write, is a link. Remove it.";
        }
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (string word in (string[])["-c", Script, "sh", log, .. command])
        {
            start.ArgumentList.Add(word);
        }
        Process process = Process.Start(start)!;
        int id = process.Id;
        process.Exited += (_, _) => process.Dispose();
        process.EnableRaisingEvents = true;
        DateTime? started = RunningProcess.StartOf(id);
        long begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            if (HeldLocks.Read().HolderOf(FolderFiles.LockOf(run.Folder)) == id)
            {
                return null;
            }
            // It may have ended before anybody could ask when it began.
            if (started is null || RunningProcess.StartOf(id) != started)
            {
                string? said = ProcessLog.Tail(run.Folder).LastOrDefault(line => line.Trim().Length > 0);
                return $"Its process ended at once: {said ?? "it said nothing"}";
            }
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
        return null;
    }
}
