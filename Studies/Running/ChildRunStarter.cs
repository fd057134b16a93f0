using System.Diagnostics;
using Agents.Files;
using Environments.Processes;
using Studies.Runs;

namespace Studies.Running;

/// <summary>Trains each run in a process of its own, on one thread: its processor time and native memory are its own.</summary>
/// <param name="command">Program and first arguments of the <c>agents</c> command.</param>
/// <param name="options">Further arguments of every agent's run: assemblies, and what environments may ask for.</param>
internal sealed class ChildRunStarter(IReadOnlyList<string> command, IReadOnlyList<string> options) : IRunStarter
{
    // Saving a checkpoint takes seconds; a final evaluation ends at the next step.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<string?> RunAsync(PlannedRun run, RunFiles files, bool resume, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AtomicFile.Write(files.Given, EarlierRuns.At(run.Config, files.Path, run.Folder));
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            string argument in (string[])
                [.. run.Work.Words(files.Given, files.Path, resume), .. run.Work is SupervisedWork ? [] : options]
        )
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["AGENTS_TORCH_THREADS"] = "1";

        using var log = new StreamWriter(files.Log, append: true) { AutoFlush = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string last = "";
        using CancellationTokenRegistration stop = cancellationToken.Register(() => Stop(process));
        Task forwarding = Task.WhenAll(
            ForwardAsync(process.StandardOutput, log, _ => { }),
            ForwardAsync(process.StandardError, log, line => last = line)
        );
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        // What an environment started and left behind may keep the output open for ever.
        await Task.WhenAny(forwarding, Task.Delay(LastWords, CancellationToken.None)).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        return process.ExitCode switch
        {
            0 => null,
            130 => "it was interrupted by a signal of its own",
            var code => last.Length > 0 ? last : $"the process ended with code {code}",
        };
    }

    private static void Stop(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(); // no gentle signal there: the run continues from its last checkpoint
            return;
        }
        if (!process.HasExited)
        {
            ChildProcess.Signal(process.Id, ChildProcess.TerminateSignal);
        }
        _ = KillLaterAsync(process);
    }

    private static async Task KillLaterAsync(Process process)
    {
        await Task.Delay(Patience).ConfigureAwait(false);
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended, as it should.
        }
    }

    private static async Task ForwardAsync(StreamReader from, StreamWriter log, Action<string> hear)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (log)
            {
                log.WriteLine(line);
            }
            if (line.Length > 0)
            {
                hear(line);
            }
        }
    }
}
