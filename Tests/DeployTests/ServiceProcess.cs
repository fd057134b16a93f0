using System.Collections.Concurrent;
using System.Diagnostics;
using Tests.Waits;

namespace Tests.DeployTests;

/// <summary>A service of the fleet as a process of this machine; killed when disposed.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Starts it.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="start">Program and arguments.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    public ServiceProcess(string name, ProcessStartInfo start, IEnumerable<KeyValuePair<string, string>> environment)
    {
        Name = name;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = AppContext.BaseDirectory;
        foreach ((string key, string value) in environment)
        {
            start.Environment[key] = value;
        }
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>All that it wrote, for messages of failed tests.</summary>
    public string Log => $"{Name}:\n{string.Join('\n', _lines)}";

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using CancellationTokenSource limit = Deadline.Source();
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It does not end. {Log}");
        }
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    /// <summary>Waits until a condition holds; that it ends before is a failure.</summary>
    public Task UntilAsync(Func<Task<bool>> condition) =>
        Deadline.UntilAsync(
            async () =>
            {
                bool ended = HasExited;
                return await condition() || (ended ? throw new InvalidOperationException($"It has ended. {Log}") : false);
            },
            () => Log
        );

    /// <summary>Waits until it has written a text.</summary>
    public Task SaysAsync(string text) => UntilAsync(() => Task.FromResult(Log.Contains(text, StringComparison.Ordinal)));

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
