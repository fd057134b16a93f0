using System.Globalization;
using System.Net;

namespace Protos.Fleet;

/// <summary>Where a learner listens: a Unix socket or a TCP port, in the clear on this machine only.</summary>
public sealed record FleetAddress
{
    private FleetAddress() { }

    /// <summary>Path of the Unix socket; null for TCP.</summary>
    public string? SocketPath { get; private init; }

    /// <summary>Host name or IP address; empty for a Unix socket.</summary>
    public string Host { get; private init; } = "";

    /// <summary>TCP port; 0 lets the system choose when listening.</summary>
    public int Port { get; private init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsSecure { get; private init; }

    /// <summary>Whether nobody outside this machine can reach it.</summary>
    public bool IsLocal =>
        SocketPath is not null
        || Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>The address as a URL for a client's channel.</summary>
    public Uri Url =>
        SocketPath is null
            ? new UriBuilder(IsSecure ? "https" : "http", Host, Port).Uri
            : new Uri(IsSecure ? "https://localhost" : "http://localhost");

    /// <summary>Reads <c>unix:/path</c>, <c>http://host:port</c> or <c>https://host:port</c>.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static FleetAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            string path = text["unix:".Length..];
            path = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
            return path.Length > 0
                ? new FleetAddress { SocketPath = Path.GetFullPath(path) }
                : throw Invalid(text, "the path of the socket is missing");
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
        {
            throw Invalid(
                text,
                text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal)
                    ? $"a host and a port from 0 to {IPEndPoint.MaxPort} should follow"
                    : "it does not begin with unix:, http:// or https://"
            );
        }
        if (uri.AbsolutePath is not ("/" or "") || uri.Query.Length > 0)
        {
            throw Invalid(text, "a path or query follows the port");
        }
        if (!text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/').Contains(':', StringComparison.Ordinal))
        {
            throw Invalid(text, "the port is missing");
        }
        return new FleetAddress
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port,
            IsSecure = uri.Scheme == "https",
        };
    }

    /// <summary>The same address with the port that the system chose.</summary>
    public FleetAddress WithPort(int port) => this with { Port = port };

    /// <inheritdoc/>
    public override string ToString() =>
        SocketPath is null
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{(IsSecure ? "https" : "http")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}"
            )
            : "unix:" + SocketPath;

    private static ArgumentException Invalid(string text, string reason) =>
        new($"'{text}' is not an address: {reason}. Write unix:/run/agents.sock, http://127.0.0.1:5051 or https://learner:5051.");
}
