using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Protos.Fleet;

namespace Protos.Rpc;

/// <summary>How clients connect to this machine's sockets and to encrypted servers, and show their token.</summary>
internal static class Connections
{
    /// <summary>Silence after which either side of a fleet asks whether the other is still there.</summary>
    public static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);

    /// <summary>How long it waits for the answer; a busy machine may need many seconds for one.</summary>
    public static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long connecting may take, with the handshake of an encrypted connection, for which both sides have to compute.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(30);

    /// <summary>What connects to an address, for calls of any kind.</summary>
    /// <param name="address">Socket, loopback or encrypted.</param>
    /// <param name="authorityFile">Authority of an encrypted server's certificate, PEM; null for those that this machine trusts.</param>
    /// <param name="certificateFile">The client's own certificate, PEM; null for none.</param>
    /// <param name="keyFile">Its key; null where the certificate's file holds it.</param>
    /// <param name="pingTimeout">Silence after a ping that ends a connection; null for <see cref="PingTimeout"/>.</param>
    /// <exception cref="ArgumentException">A file is missing.</exception>
    public static SocketsHttpHandler Handler(
        FleetAddress address,
        string? authorityFile = null,
        string? certificateFile = null,
        string? keyFile = null,
        TimeSpan? pingTimeout = null
    )
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = 2 << 20,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = pingTimeout ?? PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = ConnectTime,
            UseProxy = false,
        };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        }
        if (address.IsSecure)
        {
            Encrypt(handler, authorityFile, certificateFile, keyFile);
        }
        return handler;
    }

    /// <summary>Credentials that show a token; in the clear only to an address of this machine, which the caller has to see to.</summary>
    public static ChannelCredentials WithToken(FleetAddress address, string token) =>
        ChannelCredentials.Create(
            address.IsSecure ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure,
            CallCredentials.FromInterceptor(
                (_, metadata) =>
                {
                    metadata.Add("authorization", "Bearer " + token);
                    return Task.CompletedTask;
                }
            )
        );

    private static async ValueTask<Stream> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Encrypt(SocketsHttpHandler handler, string? authorityFile, string? certificateFile, string? keyFile)
    {
        foreach (string? file in new[] { authorityFile, certificateFile, keyFile })
        {
            if (file is not null && !File.Exists(file))
            {
                throw new ArgumentException($"There is no file '{file}'.");
            }
        }
        if (authorityFile is not null)
        {
            X509Certificate2 authority = CertificateFiles.ReadAuthority(authorityFile);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is not null
                && (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) == 0
                && CertificateChains.IsIssuedBy(
                    authority,
                    X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()),
                    CertificateChains.ServerPurpose
                );
        }
        if (certificateFile is not null)
        {
            handler.SslOptions.ClientCertificates = [CertificateFiles.ReadPair(certificateFile, keyFile)];
        }
    }
}
