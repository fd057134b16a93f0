using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Environments.Processes;
using Protos.Fleet;

namespace Environments.Remote;

/// <summary>A bridge as a child of this process, on a Unix socket that only this user can reach. Ends with this process, however that ends.</summary>
internal sealed class BridgeProcess : IDisposable
{
    private const int KeptLines = 30;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWordsTimeout = TimeSpan.FromSeconds(5);
    private static readonly object Lock = new();
    private static string? s_python; // the interpreter that was found to have the packages

    private readonly Process _process;
    private readonly RemoteSettings _settings;
    private readonly Queue<string> _lastLines;
    private readonly Task _saidAll;
    private readonly string? _folder;
    private bool _disposed;

    private BridgeProcess(
        string python,
        Process process,
        RemoteSettings settings,
        Queue<string> lastLines,
        Task saidAll,
        string? folder,
        FleetAddress address,
        string? token
    )
    {
        Python = python;
        _settings = settings;
        _process = process;
        _lastLines = lastLines;
        _saidAll = saidAll;
        _folder = folder;
        Address = address;
        Token = token;
    }

    /// <summary>Its interpreter.</summary>
    public string Python { get; }

    /// <summary>Where it listens.</summary>
    public FleetAddress Address { get; }

    /// <summary>Token that it asks for; null where its socket is nobody else's.</summary>
    public string? Token { get; }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Processor seconds that it used so far.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Whether it lives.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>Whether it was started with the same settings.</summary>
    public bool IsFor(RemoteSettings settings) => settings == _settings;

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="settings">This machine's.</param>
    /// <param name="clients">Streams at once; those of more than one do not run on its main thread.</param>
    /// <exception cref="NotSupportedException">There is no Python, or none with the packages.</exception>
    /// <exception cref="BridgeLostException">It ended or did not listen in time.</exception>
    public static BridgeProcess Start(RemoteSettings settings, int clients = 1)
    {
        string? known;
        lock (Lock)
        {
            known = settings.Python is null ? s_python : null;
        }
        var complaints = new List<string>();
        foreach (string python in known is null ? PythonInterpreter.Candidates(settings) : [known])
        {
            if (TryStart(python, settings, clients, complaints) is { } process)
            {
                lock (Lock)
                {
                    s_python = settings.Python is null ? python : s_python;
                }
                return process;
            }
        }
        throw PythonInterpreter.Missing(complaints);
    }

    /// <summary>Why it ended and what it said last, for a message, after its connection broke.</summary>
    /// <remarks>
    /// A process that ends closes its socket before it is gone and before its last words are read, so both are awaited: its end, and then the end of
    /// what it says. The second may never come, where a process of its own still holds the stream, nor the first, where it only hangs.
    /// </remarks>
    public string Epitaph()
    {
        bool ended = _process.WaitForExit(LastWordsTimeout);
        if (ended)
        {
            _saidAll.Wait(StopTimeout);
        }
        string state = ended
            ? $"the Python process ended with exit code {_process.ExitCode}"
            : "the Python process does not answer";
        string? last = LastLine(_lastLines);
        return last is null ? state : $"{state}; its last words: {last}";
    }

    /// <summary>Stops it, at the latest after two seconds, with all that environments started there.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        End(_process, _folder, StopTimeout);
    }

    /// <summary>Stops it at once: it hangs.</summary>
    public void Kill()
    {
        if (!_disposed)
        {
            _disposed = true;
            End(_process, _folder, TimeSpan.Zero);
        }
    }

    private static BridgeProcess? TryStart(string python, RemoteSettings settings, int clients, List<string> complaints)
    {
        string? folder = OperatingSystem.IsWindows() ? null : SocketFolder.Create(Path.GetTempPath());
        string listen = folder is null ? "127.0.0.1:0" : "unix:" + SocketFolder.SocketIn(folder);
        string? token = folder is null ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) : null;
        ProcessStartInfo info = PythonInterpreter.Start(
            python,
            settings,
            [PythonInterpreter.BridgeFolder, "serve", "--parent", "--listen", listen, "--max-clients", $"{clients}"]
        );
        if (token is not null)
        {
            info.Environment["AGENTS_BRIDGE_TOKEN"] = token;
        }
        Process process;
        try
        {
            process = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            RemoveFolder(folder);
            complaints.Add($"{python} cannot be started: {exception.Message}");
            return null;
        }
        var lastLines = new Queue<string>();
        var saidAll = new TaskCompletionSource();
        process.ErrorDataReceived += (_, line) =>
        {
            Keep(lastLines, line.Data);
            if (line.Data is null)
            {
                saidAll.TrySetResult();
            }
        };
        process.BeginErrorReadLine();
        Task<string?> first = process.StandardOutput.ReadLineAsync();
        bool inTime = first.Wait(settings.StartTimeout);
        if (inTime && first.Result is { } hello && Listening(hello) is { } address)
        {
            return new BridgeProcess(python, process, settings, lastLines, saidAll.Task, folder, address, token);
        }
        bool ended = process.WaitForExit(inTime ? 5_000 : 0);
        if (ended)
        {
            saidAll.Task.Wait(LastWordsTimeout);
        }
        string last = LastLine(lastLines) ?? "nothing";
        string state = ended
            ? $"ended with exit code {process.ExitCode}"
            : $"did not listen within {settings.StartTimeout.TotalSeconds:0} s";
        bool lacksPackage = ended && process.ExitCode == PythonInterpreter.PackageMissing;
        End(process, folder, TimeSpan.Zero);
        if (lacksPackage)
        {
            complaints.Add(last.Replace("agents-bridge: ", "", StringComparison.Ordinal));
            return null;
        }
        throw new BridgeLostException($"The bridge of {python} {state} and said: {last}");
    }

    private static FleetAddress? Listening(string line)
    {
        try
        {
            string? text = JsonDocument.Parse(line).RootElement.GetProperty("listening").GetString();
            return text is null
                ? null
                : FleetAddress.Parse(text.StartsWith("unix:", StringComparison.Ordinal) ? text : "http://" + text);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void End(Process process, string? folder, TimeSpan patience)
    {
        try
        {
            process.StandardInput.Close(); // which it takes as the word to stop
        }
        catch (IOException)
        {
            // It ended by itself.
        }
        if (patience > TimeSpan.Zero)
        {
            process.WaitForExit(patience);
        }
        ChildProcess.Kill(process, leadsGroup: true);
        process.Dispose();
        RemoveFolder(folder);
    }

    private static void RemoveFolder(string? folder)
    {
        try
        {
            if (folder is not null && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The child removes it, too.
        }
    }

    private static void Keep(Queue<string> lines, string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }
        lock (lines)
        {
            lines.Enqueue(line.Trim());
            if (lines.Count > KeptLines)
            {
                lines.Dequeue();
            }
        }
    }

    private static string? LastLine(Queue<string> lines)
    {
        lock (lines)
        {
            return lines.LastOrDefault();
        }
    }
}
