using System.Diagnostics;

namespace Chaos.Processes;

/// <summary>A learner or an actor in a process of its own, whose lines are kept in a log. Owns the process: disposing kills it.</summary>
internal sealed class FleetProcess : IDisposable
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ProcessLog _log;
    private readonly TimeSpan _patience;
    private readonly TaskCompletionSource _outputEnded = new();
    private readonly TaskCompletionSource _errorEnded = new();

    private FleetProcess(Process process, ProcessLog log, TimeSpan patience)
    {
        _process = process;
        _log = log;
        _patience = patience;
        process.OutputDataReceived += (_, line) => Hear(line.Data, _outputEnded);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, _errorEnded);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it ended with.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a command.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="log">Where its lines go.</param>
    /// <param name="slowdown">How many times slower than an idle machine this one may be.</param>
    public static FleetProcess Start(IReadOnlyList<string> command, ProcessLog log, int slowdown)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new FleetProcess(Process.Start(start)!, log, slowdown * EndTime);
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => PosixProcess.Signal(Id, signal);

    /// <summary>Ends it without a warning, as <c>kill -9</c> does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Signal(PosixProcess.Kill);
        await _process.WaitForExitAsync().WaitAsync(_patience).ConfigureAwait(false);
    }

    /// <summary>Asks it to end and waits until it has.</summary>
    /// <exception cref="IOException">It has not ended within 30 seconds, times the slowdown.</exception>
    public async Task StopAsync()
    {
        Signal(PosixProcess.Terminate);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(_patience).ConfigureAwait(false);
            await Task.WhenAll(_outputEnded.Task, _errorEnded.Task).WaitAsync(_patience).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new IOException($"Process {Id} was asked to end and has not. Its last lines are in '{_log.Path}'.", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signal(PosixProcess.Continue);
            Signal(PosixProcess.Kill);
            _process.WaitForExit(_patience);
        }
        _process.Dispose();
    }

    private void Hear(string? line, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }
        _log.Add(line);
    }
}
