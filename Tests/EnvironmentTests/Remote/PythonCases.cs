using Environments;
using Environments.Remote;

namespace Tests.EnvironmentTests.Remote;

/// <summary>The environments of <c>Python/bridge_cases.py</c>, in a Python of this machine. Where none has the packages, tests fail and say what to install.</summary>
internal static class PythonCases
{
    static PythonCases() => Environment.SetEnvironmentVariable("AGENTS_PYTHON_PATH", Folder);

    /// <summary>Folder of the module; what <c>PYTHONPATH</c> names is on the path too.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "EnvironmentTests", "Remote", "Python");

    /// <summary>This machine's settings, with the folder of the module.</summary>
    public static RemoteSettings Settings => RemoteSettings.Current with { PythonPath = Folder };

    /// <summary>Every environment, and those of our modules also where a policy or a run names them.</summary>
    public static EnvironmentRegistry Registry { get; } =
        EnvironmentRegistry.Default.With(EnvironmentPermissions.None.AllowModule("bridge_cases").AllowModule("zoo_cases"));

    /// <summary>A batch of a class of the module, with options behind it.</summary>
    public static RemoteEnvironment Make(string name, int count = 1, int? limit = null) =>
        (RemoteEnvironment)EnvironmentRegistry.Default.Make(Id(name), count, limit);

    /// <summary>The id of a class of the module.</summary>
    public static string Id(string name) => $"gym:bridge_cases:{name}";
}
