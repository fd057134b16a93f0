using Fleet.Intake;
using Fleet.Telemetry;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Protos.Rpc;

namespace Fleet.Hosting;

/// <summary>The learner's ports: actors on one, metrics and health on another. Closed to strangers.</summary>
internal sealed class FleetServer : IAsyncDisposable
{
    // One word that says nothing about the run, so that probes need no secret.
    private const string HealthPath = "/health";

    private readonly WebApplication _application;
    private readonly BoundPorts _ports;

    private FleetServer(WebApplication application, BoundPorts ports)
    {
        _application = application;
        _ports = ports;
    }

    /// <summary>Takes the ports that options name, before a run is begun that could not be served.</summary>
    /// <exception cref="IOException">An address cannot be opened.</exception>
    /// <exception cref="ArgumentException">The options would open a port to strangers, or a file is missing.</exception>
    public static BoundPorts Bind(FleetOptions options) =>
        options.MetricsListen is { } metrics
            ? BoundPorts.Bind(options, (options.Listen, HttpProtocols.Http2), (metrics, HttpProtocols.Http1))
            : BoundPorts.Bind(options, (options.Listen, HttpProtocols.Http2));

    /// <summary>Starts to serve.</summary>
    /// <param name="ports">The options' ports; the server's from here on.</param>
    /// <param name="hub">Where unrolls go.</param>
    /// <param name="board">What status says.</param>
    /// <param name="options">Whom to let in, and whom to tell.</param>
    /// <param name="loggers">Where the server logs.</param>
    public static async Task<FleetServer> StartAsync(
        BoundPorts ports,
        FleetHub hub,
        FleetStatusBoard board,
        FleetOptions options,
        ILoggerFactory loggers
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(hub);
        builder.Services.AddSingleton(board);
        builder.Services.AddSingleton<FleetService>();
        builder.Services.AddSingleton<IServiceMethodProvider<FleetService>, FleetServiceMethods>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = hub.Checks.LargestMessage;
            grpc.MaxSendMessageSize = FleetMethods.MaxMessageSize;
            grpc.Interceptors.Add<FailedCalls>();
        });
        builder
            .Services.AddGrpcHealthChecks()
            .AddCheck(
                "learner",
                () => hub.Pulse.IsHealthy(options.StallTimeout) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()
            );
        builder.Services.Configure<HealthCheckPublisherOptions>(health => health.Delay = TimeSpan.Zero);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        AddTelemetry(builder);
        ports.AddTo(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.KeepAlivePingDelay = Connections.PingDelay;
            kestrel.Limits.Http2.KeepAlivePingTimeout = Connections.PingTimeout;
        });
        WebApplication application = builder.Build();
        application.Use((context, next) => CheckTokenAsync(context, next, hub, options.Token, loggers));
        application.MapGrpcService<FleetService>();
        application.MapGrpcHealthChecksService();
        if (options.MetricsListen is not null)
        {
            MapMetrics(application, hub, options);
        }
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        hub.Metrics.Announce();
        options.Listening?.Invoke(ports.Addresses[0].ToString());
        FleetLog.Listening(loggers.CreateLogger<FleetServer>(), string.Join(", ", ports.Addresses), hub.RunId);
        return new FleetServer(application, ports);
    }

    /// <summary>Closes the ports, once streams have ended or a few seconds have passed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _ports.Dispose();
    }

    // Hosts would do, but a Unix socket has none: the two endpoints differ in protocol.
    private static void MapMetrics(WebApplication application, FleetHub hub, FleetOptions options)
    {
        application.MapPrometheusScrapingEndpoint("/metrics");
        application.MapGet(
            HealthPath,
            () =>
                hub.Pulse.IsHealthy(options.StallTimeout)
                    ? Results.Text("healthy\n")
                    : Results.Text("unhealthy\n", statusCode: StatusCodes.Status503ServiceUnavailable)
        );
    }

    private static void AddTelemetry(WebApplicationBuilder builder)
    {
        bool export = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("agents-learner"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(FleetMetrics.Name, "Microsoft.AspNetCore.Server.Kestrel").AddRuntimeInstrumentation();
                metrics.AddView(
                    "agents.unroll.age",
                    new ExplicitBucketHistogramConfiguration { Boundaries = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] }
                );
                double[] seconds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
                metrics.AddView("agents.batch.wait", new ExplicitBucketHistogramConfiguration { Boundaries = seconds });
                metrics.AddView("agents.update.duration", new ExplicitBucketHistogramConfiguration { Boundaries = seconds });
                metrics.AddPrometheusExporter();
                if (export)
                {
                    metrics.AddOtlpExporter();
                }
            })
            .WithTracing(tracing =>
            {
                if (export)
                {
                    tracing.AddSource(FleetMetrics.Name).AddOtlpExporter();
                }
            });
    }

    private static async Task CheckTokenAsync(
        HttpContext context,
        RequestDelegate next,
        FleetHub hub,
        string? token,
        ILoggerFactory loggers
    )
    {
        bool isProbe = HttpMethods.IsGet(context.Request.Method) && context.Request.Path == HealthPath;
        bool isFriend = token is null || TokenCheck.IsRight(context.Request.Headers.Authorization, token);
        if (isFriend || isProbe)
        {
            if (isFriend)
            {
                Strangers.LetIn(context);
            }
            await next(context).ConfigureAwait(false);
            return;
        }
        hub.Metrics.CountStranger();
        FleetLog.Stranger(loggers.CreateLogger<FleetServer>(), context.Connection.RemoteIpAddress?.ToString() ?? "a socket");
        TokenCheck.Refuse(context);
    }
}
