using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using Agents.Kernels;
using Environments.MuJoCo.Engine;
using Environments.Processes;
using Environments.Remote;
using Learners.Engines;
using Protos.Foreign;
using SkiaSharp;

namespace Cli.Processes;

/// <summary>Something of this machine. Immutable.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Found">What was found; where nothing was, why.</param>
/// <param name="IsThere">Whether it can be used.</param>
/// <param name="Cure">What it is needed for and how to get it.</param>
internal sealed record Finding(string Name, string Found, bool IsThere = true, string Cure = "");

/// <summary>Looks at this machine, part by part; a part that fails says why, and the others are looked at all the same.</summary>
internal static class MachineFindings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly (int Port, string What)[] Ports =
    [
        (5051, "agents learner"),
        (8080, "agents serve"),
        (50061, "agents serve-env"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Finding> All() =>
        [
            new("agents", Version()),
            new(".NET", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"),
            new("system", RuntimeInformation.OSDescription),
            new(
                "processor",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Environment.ProcessorCount} for this process, {InstructionSet.Name}"
                )
            ),
            new(
                "memory",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F1} GB for this process"
                )
            ),
            Look(
                "libtorch",
                "It is needed for --engine torch only: use a build with libtorch, or set LIBTORCH_DIR to the lib folder of libtorch 2.10.",
                () => TorchPackage.Require().Describe()
            ),
            Look(
                "MuJoCo",
                "It is needed for HalfCheetah-v5 and its kin: install libmujoco-dev, or set MUJOCO_PATH to a release.",
                MuJoCo
            ),
            Look("C compiler", "It is needed once to build the bridge to MuJoCo: install gcc.", () => Program("cc")),
            Look(
                "Python",
                "It is needed for Gymnasium environments only: install python3, or name one in AGENTS_PYTHON.",
                Python
            ),
            Look(
                "Python packages",
                "gym: needs grpcio, protobuf, numpy and gymnasium, ALE/ needs ale-py; install them with pip or your system.",
                PythonPackages
            ),
            Look("fonts", "They are needed for scores in pictures of agents record: install fonts-dejavu-core.", Fonts),
            Look("ffmpeg", "It is needed for agents record --out film.mp4; GIFs do without it.", () => Program("ffmpeg")),
            Look("redis-server", "It is needed for studies on a cluster only.", () => Program("redis-server")),
            .. Ports.Select(port =>
                Look(
                    $"port {port.Port}",
                    $"Another program listens there; give {port.What} another address.",
                    () => Port(port.Port, port.What)
                )
            ),
            new("variables", Variables()),
        ];

    private static string Version() =>
        typeof(MachineFindings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    private static Finding Look(string name, string cure, Func<string> look)
    {
        try
        {
            return new Finding(name, look());
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new Finding(name, "missing: " + exception.Message, IsThere: false, cure);
        }
    }

    private static string MuJoCo()
    {
        MuJoCoInstallation installation = MuJoCoInstallation.Find();
        return string.Create(CultureInfo.InvariantCulture, $"version {installation.Version}, {installation.LibraryFile}");
    }

    private static string Program(string name) =>
        Programs.Find(name) ?? throw new FileNotFoundException($"there is no {name} on the PATH.");

    private static string Python() => Interpreter() + ", " + Ask("import sys; print(sys.version.split()[0])");

    private static string PythonPackages()
    {
        const string question =
            "import importlib.metadata as m\nfor n in ('grpcio','protobuf','numpy','gymnasium','ale-py'):\n try: print(n, m.version(n), end='; ')\n except Exception: print(n, 'missing', end='; ')";
        string said = Ask(question).TrimEnd(' ', ';');
        return said.Contains("missing", StringComparison.Ordinal)
            ? throw new FileNotFoundException(said.Replace(" missing", " is not there", StringComparison.Ordinal))
            : said;
    }

    private static string Interpreter() => PythonInterpreter.Candidates(RemoteSettings.Current)[0];

    private static string Ask(string question)
    {
        var start = new ProcessStartInfo(Interpreter(), ["-c", question])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        (string Output, string Errors)? said = ChildProcess.Finish(process, Patience);
        return said is { } answer && process.ExitCode == 0
            ? answer.Output.Trim()
            : throw new NotSupportedException($"{start.FileName} does not answer.");
    }

    private static string Fonts()
    {
        int count = SKFontManager.Default.FontFamilyCount;
        return count > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{count} families, {SKTypeface.Default.FamilyName}")
            : throw new FileNotFoundException("the system has no fonts.");
    }

    private static string Port(int port, string what)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return $"free, for {what}";
    }

    // Their names alone: some hold secrets.
    private static string Variables()
    {
        string[] names =
        [
            .. Environment
                .GetEnvironmentVariables()
                .Keys.Cast<string>()
                .Where(name =>
                    name.StartsWith("AGENTS_", StringComparison.Ordinal)
                    || name.StartsWith("DOTNET_", StringComparison.Ordinal)
                    || name is "LIBTORCH_DIR" or "MUJOCO_PATH" or "NO_COLOR"
                )
                .Order(StringComparer.Ordinal),
        ];
        return names.Length == 0 ? "none of AGENTS_, DOTNET_, LIBTORCH_DIR, MUJOCO_PATH" : "set: " + string.Join(", ", names);
    }
}
