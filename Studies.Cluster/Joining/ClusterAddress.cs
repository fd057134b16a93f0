using System.Net;

namespace Studies.Cluster.Joining;

/// <summary>Where a cluster's table is: <c>redis://host:port</c>, or <c>rediss://host:port</c> where the connection is encrypted. Immutable.</summary>
internal sealed record ClusterAddress
{
    private const int UsualPort = 6379;

    private ClusterAddress() { }

    /// <summary>Host name or IP address.</summary>
    public string Host { get; private init; } = "";

    /// <summary>TCP port.</summary>
    public int Port { get; private init; }

    /// <summary>Name of the user; null for the one that has none.</summary>
    public string? User { get; private init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsSecure { get; private init; }

    /// <summary>Whether nobody outside this machine can reach it.</summary>
    public bool IsLocal =>
        Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Reads an address.</summary>
    /// <exception cref="ArgumentException">It is none, or holds a password.</exception>
    public static ClusterAddress Parse(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("redis" or "rediss")
            || uri.Host.Length == 0
            || uri.AbsolutePath is not ("/" or "")
            || uri.Query.Length > 0
        )
        {
            string shown = uri is null || uri.UserInfo.Length == 0 ? $"'{text}'" : "What was given";
            throw new ArgumentException(
                $"{shown} is no address of a cluster. Write redis://127.0.0.1:6379, or rediss://redis:6379 for an encrypted connection."
            );
        }
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                "The address of the cluster holds a password, and others can read command lines. Put the password into a file and name it with --cluster-password-file, or set the variable AGENTS_CLUSTER_PASSWORD."
            );
        }
        return new ClusterAddress
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port < 0 ? UsualPort : uri.Port,
            User = uri.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(uri.UserInfo),
            IsSecure = uri.Scheme == "rediss",
        };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(IsSecure ? "rediss" : "redis")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";
}
