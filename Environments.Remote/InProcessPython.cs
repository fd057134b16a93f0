using System.Diagnostics;
using System.Text.Json;
using Environments.Processes;
using Python.Runtime;

namespace Environments.Remote;

/// <summary>The one Python that can run within this process. Never stopped: it ends with the process.</summary>
internal static class InProcessPython
{
    // Where the shared library of an interpreter lies, and what its modules are found by. The working directory is taken off the path first.
    private const string Question = """
        import sys
        sys.path[:] = [folder for folder in sys.path if folder]
        import importlib.util, json, os, sysconfig
        missing = [name for name in ('numpy', 'google.protobuf') if importlib.util.find_spec(name.split('.')[0]) is None]
        names = [sysconfig.get_config_var(key) for key in ('INSTSONAME', 'LDLIBRARY')]
        folders = [sysconfig.get_config_var(key) for key in ('LIBDIR', 'LIBPL')] + [os.path.join(sys.base_prefix, 'lib')]
        folders += [os.path.join(folder or '', sysconfig.get_config_var('MULTIARCH') or '') for folder in folders[:1]]
        files = [os.path.join(folder, name) for folder in folders if folder for name in names if name and '.so' in name or name and '.dylib' in name]
        library = next((file for file in files if os.path.exists(file)), '')
        print(json.dumps({'library': library, 'home': sys.base_prefix, 'path': sys.path, 'missing': missing}))
        """;

    private static readonly object Lock = new();
    private static bool s_runs;

    /// <summary>Starts it, where it does not run yet.</summary>
    /// <exception cref="NotSupportedException">There is no Python that can be loaded.</exception>
    public static void Start(RemoteSettings settings)
    {
        lock (Lock)
        {
            if (s_runs)
            {
                return;
            }
            var complaints = new List<string>();
            foreach (string python in PythonInterpreter.Candidates(settings))
            {
                if (TryAsk(python, settings) is not { } answer)
                {
                    complaints.Add($"{python} cannot be asked");
                    continue;
                }
                string library = answer.GetProperty("library").GetString()!;
                string[] missing = [.. answer.GetProperty("missing").EnumerateArray().Select(name => name.GetString()!)];
                if (library.Length == 0 || missing.Length > 0)
                {
                    complaints.Add(library.Length == 0 ? $"{python} has no shared library" : $"{python} lacks {missing[0]}");
                    continue;
                }
                Load(library, answer, settings);
                s_runs = true;
                return;
            }
            throw new NotSupportedException(
                $"No Python here can run within this process ({string.Join("; ", complaints)}). It needs its shared library (on Debian libpython3) and numpy; lane=auto starts a process instead."
            );
        }
    }

    private static void Load(string library, JsonElement answer, RemoteSettings settings)
    {
        Runtime.PythonDLL = library;
        PythonEngine.PythonHome = answer.GetProperty("home").GetString()!;
        PythonEngine.Initialize();
        PythonEngine.BeginAllowThreads();
        using (Py.GIL())
        {
            using PyObject system = Py.Import("sys");
            using PyObject path = system.GetAttr("path");
            string[] folders =
            [
                PythonInterpreter.BridgeFolder,
                .. settings.PythonPath?.Split(Path.PathSeparator) ?? [],
                .. answer
                    .GetProperty("path")
                    .EnumerateArray()
                    .Select(folder => folder.GetString()!)
                    .Where(folder => folder.Length > 0),
            ];
            foreach (string folder in folders)
            {
                using var text = new PyString(folder);
                path.InvokeMethod("append", text).Dispose();
            }
        }
    }

    private static JsonElement? TryAsk(string python, RemoteSettings settings)
    {
        try
        {
            using Process process = Process.Start(PythonInterpreter.Start(python, settings, ["-c", Question]))!;
            process.StandardInput.Close();
            return ChildProcess.Finish(process, settings.StartTimeout) is { } said && process.ExitCode == 0
                ? JsonDocument.Parse(said.Output).RootElement
                : null;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or JsonException)
        {
            return null;
        }
    }
}
