using System.Net;
using System.Net.Sockets;

namespace Chaos.Artefacts;

/// <summary>What lies around the run folder: modules and programs that leave a mark when they are executed, a port that counts who connects, and files that must stay as they are.</summary>
/// <remarks>
/// Changes the working directory and variables of this process, which therefore should do nothing else, and puts both back in the end. A file that
/// comes and goes within a case is seen by the watcher, one that stays by the comparison; both are needed.
/// </remarks>
internal sealed class Surroundings : IDisposable
{
    private const string Mark = "executed";

    private static readonly string[] Programs = ["dotnet", "ffmpeg", "cc", "gcc", "python3", "python"];
    private static readonly string[] Modules = ["gymnasium", "ale_py", "json", "numpy", "agents_bridge", "stranger"];

    private readonly string _folder;
    private readonly string _run;
    private readonly string _workingDirectory = Directory.GetCurrentDirectory();
    private readonly Dictionary<string, string?> _variables = [];
    private readonly TcpListener _port = new(IPAddress.Loopback, 0);
    private readonly FileSystemWatcher _watcher;
    private readonly List<string> _seen = [];
    private Dictionary<string, string> _before;
    private int _connections;

    /// <summary>Makes them.</summary>
    /// <param name="folder">New folder of all.</param>
    public Surroundings(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        _run = Path.Combine(_folder, "run");
        string work = Directory.CreateDirectory(Path.Combine(_folder, "work")).FullName;
        string modules = Directory.CreateDirectory(Path.Combine(_folder, "modules")).FullName;
        string temporary = Directory.CreateDirectory(Path.Combine(_folder, "..", "tmp")).FullName;
        File.WriteAllText(Path.Combine(_folder, "diary.txt"), "mine\n");
        File.WriteAllText(Path.Combine(work, "diary.txt"), "mine, too\n");
        foreach (string module in Modules)
        {
            // The stranger's module can be imported by name; what is on no path must not be found at all.
            string place = module == "stranger" ? modules : work;
            string mark = Path.Combine(_folder, $"{Mark}-{module}").Replace("\\", "\\\\", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(place, module + ".py"), $"open('{mark}', 'w').close()\n");
        }
        foreach (string program in Programs)
        {
            string path = Path.Combine(work, program);
            File.WriteAllText(path, $"#!/bin/sh\n: > '{Path.Combine(_folder, $"{Mark}-{program}")}'\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        SetVariable("AGENTS_PYTHON_PATH", modules);
        SetVariable("TMPDIR", temporary);
        Directory.SetCurrentDirectory(work);
        _port.Start();
        _ = CountConnectionsAsync();
        _before = Look();
        _watcher = new FileSystemWatcher(_folder)
        {
            IncludeSubdirectories = true,
            InternalBufferSize = 1 << 20,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        _watcher.Created += (_, change) => Note(change.FullPath);
        _watcher.Changed += (_, change) => Note(change.FullPath);
        _watcher.Deleted += (_, change) => Note(change.FullPath);
        _watcher.Renamed += (_, change) => Note(change.FullPath);
        _watcher.Error += (_, failure) => Note($"the watcher failed: {failure.GetException().Message}");
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>The run folder, in which anything may happen.</summary>
    public string Run => _run;

    /// <summary>Ids of environments that would execute something or connect.</summary>
    public IReadOnlyList<string> Ids =>
        [
            "gym:stranger:Env",
            "gym:stranger.deep:Env",
            "gym:gym:stranger:Env",
            "gym:CartPole-v1?wrappers=stranger:Wrapper",
            "gym:CartPole-v1?wrappers=stranger:Wrapper&lane=inprocess",
            "gym:FrozenLake-v1?desc=stranger:maps",
            "gym:json:JSONDecoder",
            $"grpc://127.0.0.1:{Port}/CartPole-v1",
            $"grpc://127.0.0.1:{Port}/stranger:Env?lane=shm",
            $"grpcs://127.0.0.1:{Port}/CartPole-v1",
            $"grpc+unix:{Path.Combine(_folder, "socket")}:CartPole-v1",
        ];

    /// <summary>Who connected to the port.</summary>
    public int Connections => _connections;

    private int Port => ((IPEndPoint)_port.LocalEndpoint).Port;

    /// <summary>What was executed since the last call, by name.</summary>
    public IReadOnlyList<string> TakeExecuted()
    {
        string[] marks = Directory.GetFiles(_folder, Mark + "-*");
        foreach (string mark in marks)
        {
            File.Delete(mark);
        }
        return [.. marks.Select(mark => Path.GetFileName(mark))];
    }

    /// <summary>What was written outside of the run folder since the last call.</summary>
    public IReadOnlyList<string> TakeWritten()
    {
        Dictionary<string, string> now = Look();
        IEnumerable<string> changed = now
            .Keys.Union(_before.Keys)
            .Where(path => now.GetValueOrDefault(path) != _before.GetValueOrDefault(path));
        _before = now;
        lock (_seen)
        {
            string[] all = [.. changed.Concat(_seen).Distinct()];
            _seen.Clear();
            return all;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher.Dispose();
        _port.Dispose();
        Directory.SetCurrentDirectory(_workingDirectory);
        foreach ((string name, string? value) in _variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    private void SetVariable(string name, string value)
    {
        _variables[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private void Note(string path)
    {
        bool isInside = path == _run || path.StartsWith(_run + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        bool isMark = Path.GetFileName(path).StartsWith(Mark + "-", StringComparison.Ordinal);
        if (!isInside && !isMark)
        {
            lock (_seen)
            {
                _seen.Add(path);
            }
        }
    }

    private Dictionary<string, string> Look()
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return new DirectoryInfo(_folder)
            .EnumerateDirectories()
            .Where(folder => folder.FullName != _run)
            .SelectMany(folder => folder.EnumerateFiles("*", all))
            .Concat(new DirectoryInfo(_folder).EnumerateFiles())
            .Where(file => !file.Name.StartsWith(Mark + "-", StringComparison.Ordinal))
            .ToDictionary(file => file.FullName, file => $"{file.Length} {file.LastWriteTimeUtc.Ticks}");
    }

    private async Task CountConnectionsAsync()
    {
        try
        {
            while (true)
            {
                using Socket caller = await _port.AcceptSocketAsync().ConfigureAwait(false);
                Interlocked.Increment(ref _connections);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The campaign is over.
        }
    }
}
