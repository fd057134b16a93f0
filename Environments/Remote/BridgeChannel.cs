using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Bridge;
using Protos.Fleet;

namespace Environments.Remote;

/// <summary>A connection to a server of environments.</summary>
internal static class BridgeChannel
{
    /// <summary>Opens a channel; nothing is sent before the first call.</summary>
    /// <param name="address">This machine, or encrypted.</param>
    /// <param name="token">What to show; null for nothing.</param>
    /// <param name="authorityFile">Authority of an encrypted server's certificate; null for those that this machine trusts, which get no token.</param>
    /// <exception cref="ArgumentException">The authority's file is missing.</exception>
    public static GrpcChannel Open(FleetAddress address, string? token, string? authorityFile)
    {
        var handler = new SocketsHttpHandler
        {
            InitialHttp2StreamWindowSize = 2 << 20,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            UseProxy = false,
        };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }
        if (address.IsSecure && authorityFile is not null)
        {
            if (!File.Exists(authorityFile))
            {
                throw new ArgumentException($"There is no file '{authorityFile}', which AGENTS_BRIDGE_AUTHORITY names.");
            }
            X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(authorityFile);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is not null
                && (errors & System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch) == 0
                && CertificateChains.IsIssuedBy(
                    authority,
                    X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()),
                    CertificateChains.ServerPurpose
                );
        }
        var options = new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = BridgeMethods.MaxMessageSize,
            MaxSendMessageSize = BridgeMethods.MaxMessageSize,
        };
        // An id may come with a saved policy, so a token only goes where the user's own authority vouches.
        if (token is not null && (!address.IsSecure || authorityFile is not null))
        {
            var credentials = CallCredentials.FromInterceptor(
                (_, metadata) =>
                {
                    metadata.Add("authorization", "Bearer " + token);
                    return Task.CompletedTask;
                }
            );
            options.Credentials = ChannelCredentials.Create(
                address.IsSecure ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure,
                credentials
            );
            options.UnsafeUseInsecureChannelCallCredentials = true; // only addresses of this machine come this far in the clear
        }
        return GrpcChannel.ForAddress(address.Url, options);
    }
}
