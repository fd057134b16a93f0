using System.Collections.Concurrent;
using System.Diagnostics;

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
    public async Task<int> EndAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No end within {patience.TotalSeconds} s. {Log}");
        }
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5_000);
        }
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
