using Grpc.Net.Client;
using Protos.Fleet;
using Protos.Rpc;

namespace Environments.Remote;

/// <summary>A connection to a server of environments.</summary>
internal static class BridgeChannel
{
    // Python answers pings between two steps, and one may take long.
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Opens a channel; nothing is sent before the first call.</summary>
    /// <param name="address">This machine, or encrypted.</param>
    /// <param name="token">What to show; null for nothing.</param>
    /// <param name="authorityFile">Authority of an encrypted server's certificate; null for those that this machine trusts, which get no token.</param>
    /// <exception cref="ArgumentException">The authority's file is missing.</exception>
    public static GrpcChannel Open(FleetAddress address, string? token, string? authorityFile)
    {
        if (address.IsSecure && authorityFile is not null && !File.Exists(authorityFile))
        {
            throw new ArgumentException($"There is no file '{authorityFile}', which AGENTS_BRIDGE_AUTHORITY names.");
        }
        var options = new GrpcChannelOptions
        {
            HttpHandler = Connections.Handler(address, authorityFile, pingTimeout: PingTimeout),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = BridgeMethods.MaxMessageSize,
            MaxSendMessageSize = BridgeMethods.MaxMessageSize,
        };
        // An id may come with a saved policy, so a token only goes where the user's own authority vouches.
        if (token is not null && (!address.IsSecure || authorityFile is not null))
        {
            options.Credentials = Connections.WithToken(address, token);
            options.UnsafeUseInsecureChannelCallCredentials = true; // only addresses of this machine come this far in the clear
        }
        return GrpcChannel.ForAddress(address.Url, options);
    }
}
