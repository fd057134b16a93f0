using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;
using Protos.Rpc;
using Studies.Cluster.Joining;
using Studies.Cluster.Queue;
using Studies.Cluster.Transfer;
using Studies.Legs;

namespace Studies.Cluster.Driving;

/// <summary>A study's connections to workers: sends them orders, and fetches folders. Owns the connections. Thread-safe.</summary>
/// <param name="root">The study's folder.</param>
/// <param name="options">The secrets that let in.</param>
internal sealed class WorkerPorts(string root, ClusterOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, GrpcChannel> _channels = [];

    /// <summary>Sends an order with the folders that it reads.</summary>
    /// <exception cref="RpcException">The worker does not answer, or refuses.</exception>
    /// <exception cref="IOException">A file of the study cannot be read.</exception>
    public async Task BeginAsync(string address, LegKey key, LegOrder order, CancellationToken cancellationToken)
    {
        using AsyncClientStreamingCall<Piece, BeginReply> call = Client(address).Begin(cancellationToken: cancellationToken);
        try
        {
            await call
                .RequestStream.WriteAsync(
                    new Piece
                    {
                        Order = new Order { Held = TransferStatus.Write(key), Text = LegMessages.Write(order) },
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            await FolderSender.SendAsync(root, order.Reads, call.RequestStream, cancellationToken).ConfigureAwait(false);
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            // The worker has answered already, and its answer says why.
        }
        await call.ResponseAsync.ConfigureAwait(false);
    }

    /// <summary>Fetches a leg's folder, whole or not at all.</summary>
    /// <param name="address">The worker's.</param>
    /// <param name="key">The leg.</param>
    /// <param name="folder">Its folder, relative to the study's, which is replaced.</param>
    /// <param name="arriving">Folder for what has not arrived whole; not there yet.</param>
    /// <param name="cancellationToken">Ends the fetching.</param>
    /// <exception cref="RpcException">The worker does not answer, or refuses.</exception>
    /// <exception cref="InvalidDataException">What it sent is not whole.</exception>
    /// <exception cref="IOException">The study's folder cannot be written.</exception>
    public async Task FetchAsync(string address, LegKey key, string folder, string arriving, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<Piece> call = Client(address)
            .Fetch(new FetchRequest { Held = TransferStatus.Write(key) }, cancellationToken: cancellationToken);
        await FolderReceiver
            .ReceiveAsync(
                TransferStatus.ReadAllAsync(call.ResponseStream, cancellationToken),
                [folder.Replace(Path.DirectorySeparatorChar, '/')],
                arriving,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (GrpcChannel channel in _channels.Values)
        {
            channel.Dispose();
        }
    }

    private Worker.WorkerClient Client(string address) => new(_channels.GetOrAdd(address, Open));

    private GrpcChannel Open(string text)
    {
        FleetAddress address = FleetAddress.Parse(text);
        if (!address.IsSecure && !address.IsLocal)
        {
            throw new RpcException(
                new Status(
                    StatusCode.FailedPrecondition,
                    $"{address} is not encrypted, and the token would be sent in the clear."
                )
            );
        }
        SocketsHttpHandler handler = Connections.Handler(
            address,
            options.AuthorityFile,
            options.CertificateFile,
            options.KeyFile
        );
        if (address.IsSecure && options.AuthorityFile is { } file)
        {
            // Workers come and go under any address: what counts is that the cluster's own authority issued a server's certificate.
            X509Certificate2 authority = CertificateFiles.ReadAuthority(file);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null
                && CertificateChains.IsIssuedBy(
                    authority,
                    X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()),
                    CertificateChains.ServerPurpose
                );
        }
        return GrpcChannel.ForAddress(
            address.Url,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = TransferStatus.MaxMessageSize,
                MaxSendMessageSize = TransferStatus.MaxMessageSize,
                Credentials = options.Token is { } token ? Connections.WithToken(address, token) : null,
                UnsafeUseInsecureChannelCallCredentials = !address.IsSecure,
            }
        );
    }
}
