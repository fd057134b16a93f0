using System.Diagnostics;

namespace Environments.Remote;

/// <summary>Python as this process starts it.</summary>
internal static class PythonInterpreter
{
    /// <summary>Exit code by which the bridge says that the interpreter lacks a package.</summary>
    public const int PackageMissing = 77;

    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["python.exe", "python3.exe"] : ["python3", "python"];

    /// <summary>Folder of the Python package.</summary>
    public static string BridgeFolder => Path.Combine(AppContext.BaseDirectory, "Bridge");

    /// <summary>Interpreters to try, in this order.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static IReadOnlyList<string> Candidates(RemoteSettings settings)
    {
        if (settings.Python is { } given)
        {
            return [given];
        }
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries
        );
        string[] found =
        [
            .. folders
                .Append("/usr/bin")
                .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
                .Where(File.Exists)
                .DistinctBy(path => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path),
        ];
        return found.Length > 0
            ? found
            : throw new NotSupportedException(
                "There is no python3 on the PATH. Install Python 3.9 or later, or name one with the variable AGENTS_PYTHON."
            );
    }

    /// <summary>How to run a module of the bridge.</summary>
    public static ProcessStartInfo Start(string python, RemoteSettings settings, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(python, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.TryGetValue("PYTHONPATH", out string? before);
        info.Environment["PYTHONPATH"] = string.Join(
            Path.PathSeparator,
            new[] { BridgeFolder, settings.PythonPath, before }.Where(part => !string.IsNullOrEmpty(part))
        );
        info.Environment["PYTHONUNBUFFERED"] = "1";
        info.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        info.Environment.Remove("AGENTS_BRIDGE_TOKEN");
        if (!info.Environment.ContainsKey("OMP_NUM_THREADS"))
        {
            info.Environment["OMP_NUM_THREADS"] = "1"; // environments are many, and each would take every core
        }
        return info;
    }

    /// <summary>What to do where no interpreter has the packages.</summary>
    public static NotSupportedException Missing(IEnumerable<string> complaints) =>
        new(
            $"No Python here has what the bridge needs ({string.Join("; ", complaints.Distinct())}). "
                + "Install it with 'python3 -m pip install grpcio protobuf numpy gymnasium', or on Debian 'apt-get install python3-grpcio python3-protobuf python3-numpy'; AGENTS_PYTHON names another Python."
        );
}
