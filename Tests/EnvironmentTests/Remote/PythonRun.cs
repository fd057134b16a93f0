using System.Diagnostics;
using Environments.Processes;
using Environments.Remote;

namespace Tests.EnvironmentTests.Remote;

/// <summary>Runs a few lines of Python with the bridge's package on the path, in the interpreter that the bridge finds.</summary>
internal static class PythonRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What it printed; its failure is an exception with what it said.</summary>
    public static string Run(string code, params string[] arguments) => Run(PythonCases.Settings, code, arguments);

    /// <summary>Runs a module of the bridge in a working directory.</summary>
    public static string RunModule(string folder, string module, params string[] arguments)
    {
        ProcessStartInfo info = PythonInterpreter.Start(FindPython(), PythonCases.Settings, ["-m", module, .. arguments]);
        info.WorkingDirectory = folder;
        return Run(info);
    }

    /// <summary>The same with other folders on the path.</summary>
    public static string Run(RemoteSettings settings, string code, params string[] arguments)
    {
        string python = FindPython();
        return Run(PythonInterpreter.Start(python, settings, ["-c", code, .. arguments]));
    }

    private static string Run(ProcessStartInfo info)
    {
        using Process process = Process.Start(info)!;
        process.StandardInput.Close();
        (string output, string errors) =
            ChildProcess.Finish(process, Patience) ?? throw new InvalidOperationException("Python did not end.");
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"Python failed: {errors}");
    }

    /// <summary>The interpreter.</summary>
    public static string FindPython()
    {
        using BridgeProcess process = BridgeProcess.Start(PythonCases.Settings); // fails with what to install
        return process.Python;
    }
}
