using System.Net.Sockets;
using Agents.Policies;
using Environments;
using Grpc.AspNetCore.Server.Model;
using Learners.Fleet;
using Learners.Fleet.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Protos.Bridge;
using Protos.Fleet;

namespace Learners.Serving;

/// <summary>Servers of environments and of policies, closed to strangers by the rules of the fleet's ports.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    // What arrives before anybody reads it, per connection: callers that send much and read nothing must not add up.
    private const int BufferBytes = 256 << 10;
    private const int MessageOverhead = 64 << 10;

    private readonly WebApplication _application;

    private ServiceHost(WebApplication application, IReadOnlyList<string> addresses)
    {
        _application = application;
        Addresses = addresses;
    }

    /// <summary>The addresses that are open, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Serves an environment to whoever speaks <c>environment.proto</c>, such as the Python package's client.</summary>
    /// <param name="registry">Where the environment is looked up.</param>
    /// <param name="id">The only environment that is served.</param>
    /// <param name="maxCopies">Most copies of one client, at least 1.</param>
    /// <param name="options">Where to listen and whom to let in; the rest of it does not matter.</param>
    /// <exception cref="ArgumentException">The environment is unknown, or the options would open a port to strangers.</exception>
    /// <exception cref="IOException">An address cannot be opened.</exception>
    public static Task<ServiceHost> ServeEnvironmentAsync(
        EnvironmentRegistry registry,
        string id,
        int maxCopies,
        FleetOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCopies, 1);
        EnvironmentSpec spec = registry.Find(id);
        long actions = (long)maxCopies * (spec.ActionSpace.Size * sizeof(float) + 1) + MessageOverhead;
        return StartAsync(
            options,
            (int)Math.Min(BridgeMethods.MaxMessageSize, actions),
            bodyBytes: null,
            [(options.Listen, HttpProtocols.Http2)],
            services =>
            {
                services.AddSingleton(new EnvironmentService(registry, spec, maxCopies));
                services.AddSingleton<IServiceMethodProvider<EnvironmentService>, EnvironmentServiceMethods>();
            },
            application => application.MapGrpcService<EnvironmentService>()
        );
    }

    /// <summary>Serves a policy: HTTP and JSON at the options' address, and gRPC at another where one is given.</summary>
    /// <param name="policy">Who is asked; not owned, and nobody else's while it is served.</param>
    /// <param name="grpcListen">Address of <c>policy.proto</c>; null for none.</param>
    /// <param name="seed">Seed of drawn actions.</param>
    /// <param name="options">Where to listen and whom to let in; the rest of it does not matter.</param>
    /// <exception cref="ArgumentException">The options would open a port to strangers.</exception>
    /// <exception cref="IOException">An address cannot be opened.</exception>
    public static Task<ServiceHost> ServePolicyAsync(SavedPolicy policy, string? grpcListen, ulong seed, FleetOptions options)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        var desk = new PolicyDesk(policy, seed);
        var ports = new List<(string, HttpProtocols)> { (options.Listen, HttpProtocols.Http1) };
        if (grpcListen is not null)
        {
            ports.Add((grpcListen, HttpProtocols.Http2));
        }
        return StartAsync(
            options,
            desk.Limits.MessageBytes,
            Math.Max(desk.Limits.BodyBytes, desk.Limits.MessageBytes),
            ports,
            services => services.AddSingleton(desk),
            application =>
            {
                application.Use((context, next) => desk.Large.MeasureAsync(context, next, desk.Limits.MessageBytes));
                PolicyEndpoints.Map(application, desk);
                application.MapGrpcService<PolicyService>();
            }
        );
    }

    /// <summary>Waits until the token is cancelled.</summary>
    public static async Task WaitAsync(CancellationToken cancellationToken) =>
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Closes the ports, once calls have ended or two seconds have passed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<ServiceHost> StartAsync(
        FleetOptions options,
        int messageBytes,
        long? bodyBytes,
        IReadOnlyList<(string Text, HttpProtocols Protocols)> ports,
        Action<IServiceCollection> add,
        Action<WebApplication> map
    )
    {
        (FleetAddress Address, HttpProtocols Protocols)[] open =
        [
            .. ports.Select(port => (ListenRules.Check(port.Text, options), port.Protocols)),
        ];
        foreach ((FleetAddress address, _) in open)
        {
            Ports.FreeSocket(address);
        }
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new LargeBlocks());
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = messageBytes;
            grpc.MaxSendMessageSize = BridgeMethods.MaxMessageSize;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        add(builder.Services);
        if (options.CertificateFile is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = bodyBytes;
            kestrel.Limits.MaxRequestBufferSize = BufferBytes;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * BufferBytes;
            kestrel.Limits.Http2.InitialStreamWindowSize = BufferBytes;
            foreach ((FleetAddress address, HttpProtocols protocols) in open)
            {
                Ports.Listen(kestrel, address, protocols, options);
            }
        });
        WebApplication application = builder.Build();
        application.Use(
            async (context, next) =>
            {
                if (options.Token is { } token && !Ports.IsRight(context.Request.Headers.Authorization, token))
                {
                    Ports.Refuse(context);
                    return;
                }
                Strangers.LetIn(context);
                await next(context).ConfigureAwait(false);
            }
        );
        map(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException(
                $"{string.Join(" or ", open.Select(port => port.Address))} cannot be opened: {exception.Message} Choose another address, or stop what uses it.",
                exception
            );
        }
        string[] urls = [.. application.Urls];
        string[] addresses =
        [
            .. open.Select((port, i) => port.Address is { Port: 0, SocketPath: null } ? urls[i] : port.Address.ToString()),
        ];
        return new ServiceHost(application, addresses);
    }
}
