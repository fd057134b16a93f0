using Agents.Policies;
using Environments;
using Fleet.Hosting;
using Fleet.Serving.Descriptions;
using Fleet.Serving.Problems;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Protos.Rpc;

namespace Fleet.Serving;

/// <summary>Servers of environments and of policies, closed to strangers by the rules of the fleet's ports.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    // What arrives before anybody reads it, per connection: callers that send much and read nothing must not add up.
    private const int BufferBytes = 256 << 10;
    private const int MessageOverhead = 64 << 10;

    private readonly WebApplication _application;
    private readonly BoundPorts _ports;

    private ServiceHost(WebApplication application, BoundPorts ports)
    {
        _application = application;
        _ports = ports;
    }

    /// <summary>The addresses that are open, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Addresses => [.. _ports.Addresses.Select(address => address.ToString())];

    /// <summary>Serves an environment to whoever speaks <c>environment.proto</c>, such as the Python package's client.</summary>
    /// <param name="registry">Where the environment is looked up.</param>
    /// <param name="id">The only environment that is served.</param>
    /// <param name="maxCopies">Most copies of one client, at least 1.</param>
    /// <param name="options">Where to listen and whom to let in; the rest of it does not matter.</param>
    /// <param name="maxClients">Most clients at once, at least 1; others are told.</param>
    /// <exception cref="ArgumentException">The environment is unknown, or the options would open a port to strangers.</exception>
    /// <exception cref="IOException">An address cannot be opened.</exception>
    public static Task<ServiceHost> ServeEnvironmentAsync(
        EnvironmentRegistry registry,
        string id,
        int maxCopies,
        FleetOptions options,
        int maxClients = 64
    )
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCopies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxClients, 1);
        EnvironmentSpec spec = registry.Find(id);
        long actions = (long)maxCopies * (spec.ActionSpace.Size * sizeof(float) + 1) + MessageOverhead;
        return StartAsync(
            options,
            (int)Math.Min(BridgeMethods.MaxMessageSize, actions),
            bodyBytes: null,
            [(options.Listen, HttpProtocols.Http2)],
            services =>
            {
                services.AddSingleton(new EnvironmentService(registry, spec, maxCopies, maxClients));
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
    /// <param name="registry">Where the environment of the policy is looked up, for the names of its actions; null for the default.</param>
    /// <exception cref="ArgumentException">The options would open a port to strangers.</exception>
    /// <exception cref="IOException">An address cannot be opened.</exception>
    public static Task<ServiceHost> ServePolicyAsync(
        SavedPolicy policy,
        string? grpcListen,
        ulong seed,
        FleetOptions options,
        EnvironmentRegistry? registry = null
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        var desk = new PolicyDesk(policy, seed);
        (string, HttpProtocols) http = (options.Listen, HttpProtocols.Http1);
        IReadOnlyList<string> names = ActionNames.Of(policy, registry ?? EnvironmentRegistry.Default);
        var api = new PolicyApi(policy, desk.Limits, names, options.Token is not null);
        return StartAsync(
            options,
            desk.Limits.MessageBytes,
            Math.Max(desk.Limits.BodyBytes, desk.Limits.MessageBytes),
            grpcListen is null ? [http] : [http, (grpcListen, HttpProtocols.Http2)],
            services =>
            {
                services.AddSingleton(desk);
                api.AddTo(services);
            },
            application =>
            {
                application.Use((context, next) => desk.Large.MeasureAsync(context, next, desk.Limits.MessageBytes));
                PolicyEndpoints.Map(application, desk, api);
                application.MapGrpcService<PolicyService>();
            },
            PolicyApi.HealthPath,
            PolicyEndpoints.Addresses
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
        _ports.Dispose();
    }

    /// <summary>Starts to serve what is mapped.</summary>
    /// <param name="options">Where to listen and whom to let in.</param>
    /// <param name="messageBytes">Largest gRPC message.</param>
    /// <param name="bodyBytes">Largest body of a request, of all messages together; null for any.</param>
    /// <param name="ports">Addresses and what is spoken there.</param>
    /// <param name="add">Adds services.</param>
    /// <param name="map">Maps them.</param>
    /// <param name="probe">Address that anyone may read who reaches the port; null for none.</param>
    /// <param name="addresses">The addresses of HTTP with their methods, for callers who ask for another; null where there are none.</param>
    internal static async Task<ServiceHost> StartAsync(
        FleetOptions options,
        int messageBytes,
        long? bodyBytes,
        (string Address, HttpProtocols Protocols)[] ports,
        Action<IServiceCollection> add,
        Action<WebApplication> map,
        string? probe = null,
        IReadOnlyList<(string Path, string Method)>? addresses = null
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = messageBytes;
            grpc.MaxSendMessageSize = BridgeMethods.MaxMessageSize;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        add(builder.Services);
        var bound = BoundPorts.Bind(options, ports);
        WebApplication? application = null;
        try
        {
            bound.AddTo(builder);
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = bodyBytes;
                kestrel.Limits.MaxRequestBufferSize = BufferBytes;
                kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * BufferBytes;
                kestrel.Limits.Http2.InitialStreamWindowSize = BufferBytes;
            });
            application = builder.Build();
            if (addresses is not null)
            {
                application.Use((context, next) => ProblemAnswers.TellAsync(context, next, addresses));
            }
            application.Use((context, next) => CheckTokenAsync(context, next, options.Token, probe));
            map(application);
            await application.StartAsync().ConfigureAwait(false);
            return new ServiceHost(application, bound);
        }
        catch
        {
            if (application is not null)
            {
                await application.DisposeAsync().ConfigureAwait(false);
            }
            bound.Dispose();
            throw;
        }
    }

    // Who only asks whether somebody is there is no friend, and is hung up on as strangers are.
    private static async Task CheckTokenAsync(HttpContext context, RequestDelegate next, string? token, string? probe)
    {
        bool isProbe = probe is not null && HttpMethods.IsGet(context.Request.Method) && context.Request.Path == probe;
        bool isFriend = token is null || TokenCheck.IsRight(context.Request.Headers.Authorization, token);
        if (!isFriend && !isProbe)
        {
            TokenCheck.Refuse(context);
            return;
        }
        if (isFriend)
        {
            Strangers.LetIn(context);
        }
        await next(context).ConfigureAwait(false);
    }
}
