using System.Diagnostics;
using System.Text.Json;
using Environments.Processes;
using Environments.Remote;
using Tests.Waits;

namespace Tests.EnvironmentTests.Remote;

/// <summary>A bridge that somebody else started: <c>agents-bridge serve</c> on a port of this machine.</summary>
internal sealed class PythonServer : IDisposable
{
    private readonly Process _process;
    private readonly string[] _arguments;

    /// <summary>Starts one on a free port.</summary>
    public PythonServer(params string[] arguments)
        : this("127.0.0.1:0", arguments) { }

    /// <summary>Starts one at an address.</summary>
    public static PythonServer At(string listen, params string[] arguments) => new(listen, arguments);

    private PythonServer(string listen, string[] arguments)
    {
        _arguments = arguments;
        string? token = arguments[0] == "serve" ? null : arguments[0];
        _process = Process.Start(Command(token, [.. arguments.SkipWhile(word => word != "serve"), "--listen", listen]))!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The bridge did not start.");
        Address = JsonDocument.Parse(line).RootElement.GetProperty("listening").GetString()!;
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>How to start one; python3 of Debian, or the one that <c>AGENTS_PYTHON</c> names.</summary>
    public static ProcessStartInfo Command(string? token, string[] arguments)
    {
        using BridgeProcess probe = BridgeProcess.Start(PythonCases.Settings);
        ProcessStartInfo info = PythonInterpreter.Start(
            probe.Python,
            PythonCases.Settings,
            ["-m", "agents_bridge", .. arguments]
        );
        if (token is not null)
        {
            info.Environment["AGENTS_BRIDGE_TOKEN"] = token;
        }
        return info;
    }

    /// <summary>The id of an environment here where a certificate was given.</summary>
    public string SecureId(string name) => $"grpcs://{Address}/{name}";

    /// <summary>The id of an environment here.</summary>
    public string Id(string name) => $"grpc://{Address}/{name}";

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal) => ChildProcess.Signal(_process.Id, signal);

    /// <summary>Waits for its end and gives its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().InTime();
        return _process.ExitCode;
    }

    /// <summary>Ends it at once.</summary>
    public void Kill() => ChildProcess.Kill(_process);

    /// <summary>Another one at the same address.</summary>
    public PythonServer Again() => new(Address, _arguments);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }
        _process.Dispose();
    }
}
