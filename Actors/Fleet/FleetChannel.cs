using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;

namespace Actors.Fleet;

/// <summary>A connection to a learner, as an actor or a status table needs it.</summary>
internal static class FleetChannel
{
    /// <summary>Opens a channel; nothing is sent before the first call.</summary>
    /// <exception cref="ArgumentException">The address is none, would send the token in the clear, or a file is missing.</exception>
    public static GrpcChannel Open(
        string learner,
        string? token,
        string? authorityFile = null,
        string? certificateFile = null,
        string? keyFile = null
    )
    {
        FleetAddress address = FleetAddress.Parse(learner);
        if (!address.IsSecure && !address.IsLocal)
        {
            throw new ArgumentException(
                $"{address} is another machine, and unrolls would travel in the clear. Use https:// (the learner's --certificate), or a tunnel to 127.0.0.1."
            );
        }
        SocketsHttpHandler handler = Handler(address, authorityFile, certificateFile, keyFile);
        var options = new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = FleetMethods.MaxMessageSize,
            MaxSendMessageSize = FleetMethods.MaxMessageSize,
        };
        if (token is not null)
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
            options.UnsafeUseInsecureChannelCallCredentials = true; // only local addresses come this far in the clear
        }
        return GrpcChannel.ForAddress(address.Url, options);
    }

    /// <summary>What connects to an address, for calls of any kind.</summary>
    /// <exception cref="ArgumentException">A file is missing.</exception>
    public static SocketsHttpHandler Handler(
        FleetAddress address,
        string? authorityFile,
        string? certificateFile,
        string? keyFile
    )
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = 2 << 20,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
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
        if (address.IsSecure)
        {
            Encrypt(handler, authorityFile, certificateFile, keyFile);
        }
        return handler;
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
            X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(authorityFile);
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
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificateFile, keyFile)];
        }
    }
}
