using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>A table for clusters: Redis with a password and an append-only file, killed and started again at will.</summary>
internal sealed class TestRedis : IDisposable
{
    public const string Password = "a password of enough characters";

    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    private readonly string? _secrets;

    private TestRedis(int port, string? secrets)
    {
        Port = port;
        _secrets = secrets;
    }

    public int Port { get; }

    public string Address => $"{(_secrets is null ? "redis" : "rediss")}://127.0.0.1:{Port}";

    /// <summary>Starts one, or skips the test where there is none.</summary>
    /// <param name="secrets">Folder of <c>agents certificates</c> whose worker's certificate it shows; null for connections in the clear.</param>
    public static async Task<TestRedis> StartAsync(string? secrets = null)
    {
        string[] places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Assert.SkipUnless(
            places.Any(place => File.Exists(Path.Combine(place, "redis-server"))),
            "redis-server is not installed (Debian: apt-get install redis-server)."
        );
        var redis = new TestRedis(FreePort(), secrets);
        await redis.BeginAsync();
        return redis;
    }

    public async Task BeginAsync()
    {
        _process = Process.Start(
            new ProcessStartInfo("redis-server", ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true }
        )!;
        await _process.StandardInput.WriteAsync(
            $"""
            {(_secrets is null ? $"port {Port}" : Encrypted())}
            bind 127.0.0.1
            dir {_folder.Path}
            save ""
            appendonly yes
            appendfsync always
            requirepass "{Password}"
            logfile {_folder.In("redis.log")}
            """
        );
        _process.StandardInput.Close();
        await Deadline.UntilAsync(() =>
        {
            try
            {
                using var probe = new TcpClient("127.0.0.1", Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
    }

    private string Encrypted() =>
        $"""
            port 0
            tls-port {Port}
            tls-cert-file {Path.Combine(_secrets!, "worker.pem")}
            tls-key-file {Path.Combine(_secrets!, "worker-key.pem")}
            tls-ca-cert-file {Path.Combine(_secrets!, "ca.pem")}
            tls-auth-clients no
            """;

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process?.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
