using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.DeployTests;

/// <summary>docker-compose.yml, with its services as processes: volumes are folders, every host is this machine's loopback.</summary>
internal sealed partial class ComposeFile
{
    private readonly object _root;
    private readonly string _folder;
    private readonly Dictionary<string, string> _ports = [];

    /// <summary>The file, with variables set.</summary>
    /// <param name="folder">Where volumes lie.</param>
    /// <param name="variables">Values instead of the file's defaults.</param>
    public ComposeFile(string folder, IReadOnlyDictionary<string, string>? variables = null)
    {
        _folder = folder;
        _root = Assert.Single(DeployFiles.Read(DeployFiles.PathOf("docker-compose.yml"), variables));
    }

    public IEnumerable<string> Services => ((Dictionary<object, object>)_root.At("services")!).Keys.Cast<string>();

    public object Service(string name) => _root.At("services", name) ?? throw new ArgumentException($"There is no {name}.");

    public object? At(params ReadOnlySpan<string> keys) => _root.At(keys);

    /// <summary>Starts a service's command.</summary>
    public ServiceProcess Start(string service, string? name = null) => Start(service, Command(service), name);

    /// <summary>Arguments of a service: a list, or one text, which Compose splits at spaces outside quotes.</summary>
    public string[] Command(string service) =>
        Service(service).Text("command") is { Length: > 0 } text
            ? [.. Word().Matches(text).Select(word => word.Value.Replace("'", "", StringComparison.Ordinal))]
            : Service(service).Texts("command");

    /// <summary>Starts a service's health check.</summary>
    public ServiceProcess StartHealthCheck(string service)
    {
        string[] test = Service(service).Texts("healthcheck", "test");
        Assert.Equal(["CMD", IsPython(service) ? "agents-bridge" : "/app/agents-cli"], test[..2]);
        return Start(service, test[2..], service + " health");
    }

    /// <summary>An argument as it is for the process: with folders for volumes, and free ports of the loopback for addresses.</summary>
    public string Translate(string service, string argument)
    {
        foreach (string mount in Service(service).Texts("volumes"))
        {
            string[] parts = mount.Split(':');
            if (argument == parts[1] || argument.StartsWith(parts[1] + "/", StringComparison.Ordinal))
            {
                string volume = Path.Combine(_folder, parts[0]);
                Directory.CreateDirectory(volume);
                return volume + argument[parts[1].Length..];
            }
        }
        return Address()
            .Replace(argument, match => $"{match.Groups[1]}127.0.0.1:{PortFor(match.Groups[2].Value)}{match.Groups[3]}");
    }

    private bool IsPython(string service) => Service(service).Text("image") == "agents-bridge";

    private ServiceProcess Start(string service, IEnumerable<string> command, string? name)
    {
        IEnumerable<KeyValuePair<string, string>> environment =
            (Service(service).At("environment") as Dictionary<object, object>)?.Select(pair =>
                KeyValuePair.Create((string)pair.Key, Translate(service, (string)pair.Value))
            )
            ?? [];
        string[] arguments = [.. command.Select(argument => Translate(service, argument))];
        ProcessStartInfo start = IsPython(service)
            ? PythonServer.Command(null, arguments)
            : new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"), .. arguments]);
        return new ServiceProcess(name ?? service, start, environment);
    }

    private string PortFor(string port)
    {
        if (!_ports.TryGetValue(port, out string? free))
        {
            _ports[port] = free = FreePort().ToString(CultureInfo.InvariantCulture);
        }
        return free;
    }

    // None of those that the system hands out by itself: somebody else could get it before the service opens it.
    private static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // In use; another one.
            }
        }
    }

    [GeneratedRegex(@"(?:'[^']*'|[^\s'])+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^((?:https?://|grpcs?://)?)[A-Za-z0-9.-]+:(\d+)(/\S*)?$")]
    private static partial Regex Address();
}
