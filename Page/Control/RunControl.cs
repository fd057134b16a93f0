using Environments.Processes;
using Learners.Runs;
using Page.Runs;

namespace Page.Control;

/// <summary>Stops runs and continues them, as Ctrl-C and <c>--resume</c> do. Thread-safe.</summary>
/// <remarks>A run that a study or a discovery trains is left to that one's process, which decides about it.</remarks>
/// <param name="command">Program and arguments that continue a run; null where none may be continued.</param>
internal sealed class RunControl(Func<Run, IReadOnlyList<string>>? command)
{
    private readonly HashSet<(int Process, DateTime Started)> _asked = [];
    private readonly HashSet<string> _starting = [];

    /// <summary>Asks the process that trains a run to save everything and to end.</summary>
    /// <returns>Why that cannot be, in whole sentences; null where it was asked.</returns>
    public string? Stop(Run run)
    {
        if (OperatingSystem.IsWindows())
        {
            return "Windows has no signal that lets a process save before it ends. Press Ctrl-C in the window where the run was started.";
        }
        if (Part(run) is { } refusal)
        {
            return refusal;
        }
        // Looked at just now: the number that the table has may be another process's by now.
        int holder = HeldLocks.Read().HolderOf(FolderFiles.LockOf(run.Folder));
        if (holder == 0 || RunningProcess.StartOf(holder) is not { } started)
        {
            return RunReader.IsHeld(run.Folder)
                ? "The run's process belongs to another user, container or machine, so the page cannot reach it. Press Ctrl-C where the run was started."
                : "No process trains this run any more.";
        }
        lock (_asked)
        {
            _asked.RemoveWhere(one => RunningProcess.StartOf(one.Process) != one.Started);
            if (!_asked.Add((holder, started)))
            {
                return "The run was asked to stop already. It saves everything first, which may take a while.";
            }
        }
        ChildProcess.Signal(holder, ChildProcess.TerminateSignal);
        return null;
    }

    /// <summary>Starts a process of its own that continues a run, and waits until it has begun.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the waiting; the process goes on.</param>
    /// <returns>Why that cannot be, in whole sentences; null where it trains.</returns>
    public async Task<string?> ContinueAsync(Run run, CancellationToken cancellationToken)
    {
        if (Obstacle(run) is { } refusal)
        {
            return refusal;
        }
        lock (_starting)
        {
            if (!_starting.Add(run.Id))
            {
                return "The run is being continued already.";
            }
        }
        try
        {
            return await DetachedRun.StartAsync(run, command!(run), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_starting)
            {
                _starting.Remove(run.Id);
            }
        }
    }

    private string? Obstacle(Run run) =>
        OperatingSystem.IsWindows() || command is null
            ? "This page cannot continue runs. Use agents train --resume with the run's folder."
        : Part(run) is { } part ? part
        : run.State is not (RunState.Stopped or RunState.Dead)
            ? $"Only runs that were stopped or whose process died can be continued; this one is {Words.Of(run.State)}."
        : RunReader.IsHeld(run.Folder) ? "A process trains this run already."
        : Directory.Exists(new RunFolder(run.Folder).Journal)
            ? "A fleet trained this run, and its learner needs the options that it was started with. Continue it with agents learner --resume and the run's folder."
        : null;

    private static string? Part(Run run)
    {
        string inner = Path.GetDirectoryName(run.Folder)!;
        string? whole = Path.GetDirectoryName(inner);
        return whole is not null && FolderFiles.ArePartsIn(Path.GetFileName(inner)) && FolderFiles.AreIn(whole)
            ? $"This run is a part of {Path.GetFileName(whole)}, whose process decides about it. Stop or continue that one instead."
            : null;
    }
}
