using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Protos.Fleet;
using Protos.Foreign;
using Protos.Rpc;

namespace Fleet.Hosting;

/// <summary>The ports of a server that is yet to start: taken before anything else is done, so that one in use costs nothing. Owns the sockets.</summary>
internal sealed class BoundPorts : IDisposable
{
    // Kestrel's own; callers wait here until the server has started.
    private const int Backlog = 512;

    private readonly List<Port> _ports = [];
    private readonly HttpsConnectionAdapterOptions? _encryption;
    private readonly TimeProvider _clock;

    private BoundPorts(HttpsConnectionAdapterOptions? encryption, TimeProvider clock)
    {
        _encryption = encryption;
        _clock = clock;
    }

    /// <summary>The addresses, in the order in which they were asked for, with the ports that the system chose.</summary>
    public IReadOnlyList<FleetAddress> Addresses => [.. _ports.Select(port => port.Address)];

    /// <summary>Takes ports.</summary>
    /// <param name="options">Whom to let in, and the certificate.</param>
    /// <param name="ports">Addresses and what is spoken there.</param>
    /// <exception cref="ArgumentException">An address is none, the options would open it to strangers, or a certificate cannot be used.</exception>
    /// <exception cref="IOException">An address cannot be opened, or this process may not open files enough to serve.</exception>
    public static BoundPorts Bind(FleetOptions options, params ReadOnlySpan<(string Address, HttpProtocols Protocols)> ports)
    {
        var addresses = new FleetAddress[ports.Length];
        for (int i = 0; i < ports.Length; i++)
        {
            addresses[i] = ListenRules.Check(ports[i].Address, options);
        }
        if (
            addresses
                .Where(address => address.Port != 0 || address.SocketPath is not null)
                .GroupBy(address => address.ToString())
                .FirstOrDefault(same => same.Count() > 1) is
            { } twice
        )
        {
            throw new ArgumentException($"{twice.Key} was given for two purposes. Give each an address of its own.");
        }
        if (options.ClientAuthorityFile is { } authority)
        {
            CertificateFiles.ReadAuthority(authority).Dispose(); // told also where no port asks for certificates
        }
        ConnectionBudget.PerPort(ports.Length);
        var bound = new BoundPorts(addresses.Any(address => address.IsSecure) ? Encryption(options) : null, options.Clock);
        try
        {
            for (int i = 0; i < ports.Length; i++)
            {
                Socket socket = Open(addresses[i]);
                FleetAddress address = addresses[i] is { SocketPath: null, Port: 0 }
                    ? addresses[i].WithPort(((IPEndPoint)socket.LocalEndPoint!).Port)
                    : addresses[i];
                bound._ports.Add(new Port(address, ports[i].Protocols, socket));
            }
            return bound;
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }

    /// <summary>Lets a server use the ports, within what this process may open.</summary>
    public void AddTo(WebApplicationBuilder builder)
    {
        int limit = ConnectionBudget.PerPort(_ports.Count);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new LargeBlocks());
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = SocketOf);
        // Of several factories Kestrel asks the one that was added last.
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new LimitedListeners(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services),
            limit,
            services.GetRequiredService<ILoggerFactory>().CreateLogger<LimitedListeners>()
        ));
        if (_encryption is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
            kestrel.Limits.Http2.InitialStreamWindowSize = 2 << 20;
            foreach (Port port in _ports)
            {
                kestrel.Listen(
                    port.Socket.LocalEndPoint!,
                    listen =>
                    {
                        listen.Protocols = port.Protocols;
                        Strangers.Watch(listen, _clock);
                        if (port.Address.IsSecure)
                        {
                            listen.UseHttps(_encryption!);
                        }
                    }
                );
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _ports.ForEach(port => port.Socket.Dispose());

    private Socket SocketOf(EndPoint endPoint) => _ports.Single(port => port.Socket.LocalEndPoint!.Equals(endPoint)).Socket;

    private static Socket Open(FleetAddress address)
    {
        EndPoint endPoint = EndPointOf(address);
        FreeSocket(address);
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            // Only a port that is listened at is taken: two processes may bind one.
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new IOException(
                $"{address} cannot be opened: {exception.Message.TrimEnd('.')}. Choose another address, or stop what uses it.",
                exception
            );
        }
    }

    private static EndPoint EndPointOf(FleetAddress address)
    {
        if (address.SocketPath is { } path)
        {
            return new UnixDomainSocketEndPoint(path);
        }
        if (address.Host == "localhost")
        {
            return new IPEndPoint(IPAddress.Loopback, address.Port);
        }
        return IPAddress.TryParse(address.Host, out IPAddress? ip)
            ? new IPEndPoint(ip, address.Port)
            : throw new ArgumentException(
                $"'{address.Host}' is a name; listening needs an address of this machine, such as 0.0.0.0 for all or 127.0.0.1 for this machine only."
            );
    }

    // What a killed process left over goes; what is alive, or no socket at all, stays.
    private static void FreeSocket(FleetAddress address)
    {
        if (address.SocketPath is not { } path)
        {
            return;
        }
        DiskFailure.CreateFolderOf(path);
        if (Directory.Exists(path) || new FileInfo(path) is { Exists: true, Length: > 0 })
        {
            throw new IOException($"'{path}' is no socket. Choose another address.");
        }
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }
        throw new IOException($"{address} is in use by another process. Choose another address, or stop what uses it.");
    }

    private static HttpsConnectionAdapterOptions Encryption(FleetOptions options)
    {
        var https = new HttpsConnectionAdapterOptions
        {
            HandshakeTimeout = Connections.ConnectTime,
            ServerCertificate = CertificateFiles.ReadPair(options.CertificateFile!, options.KeyFile),
        };
        if (options.ClientAuthorityFile is { } authorityFile)
        {
            X509Certificate2 authority = CertificateFiles.ReadAuthority(authorityFile);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) =>
                CertificateChains.IsIssuedBy(authority, certificate, CertificateChains.ClientPurpose);
        }
        return https;
    }

    private sealed record Port(FleetAddress Address, HttpProtocols Protocols, Socket Socket);
}
