using System.Net.Sockets;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
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
using Protos.Fleet;

namespace Learners.Fleet.Hosting;

/// <summary>The learner's ports: actors on one, metrics and health on another. Closed to strangers.</summary>
internal sealed class FleetServer : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    // One word that says nothing about the run, so that probes need no secret.
    private const string HealthPath = "/health";

    private readonly WebApplication _application;

    private FleetServer(WebApplication application) => _application = application;

    /// <summary>Opens the ports.</summary>
    /// <param name="hub">Where unrolls go.</param>
    /// <param name="board">What status says.</param>
    /// <param name="options">Where to listen.</param>
    /// <param name="loggers">Where the server logs.</param>
    /// <exception cref="IOException">An address cannot be opened.</exception>
    /// <exception cref="ArgumentException">The options would open a port to strangers, or a file is missing.</exception>
    public static async Task<FleetServer> StartAsync(
        FleetHub hub,
        FleetStatusBoard board,
        FleetOptions options,
        ILoggerFactory loggers
    )
    {
        FleetAddress address = ListenRules.Check(options.Listen, options);
        FleetAddress? metrics = options.MetricsListen is null ? null : ListenRules.Check(options.MetricsListen, options);
        if (metrics is not null && metrics.ToString() == address.ToString())
        {
            throw new ArgumentException($"Actors and metrics cannot both use {address}. Give them two addresses.");
        }
        Ports.FreeSocket(address);
        if (metrics is not null)
        {
            Ports.FreeSocket(metrics);
        }
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(hub);
        builder.Services.AddSingleton(board);
        builder.Services.AddSingleton<FleetService>();
        builder.Services.AddSingleton<IServiceMethodProvider<FleetService>, FleetServiceMethods>();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new LargeBlocks());
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
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        AddTelemetry(builder);
        if (options.CertificateFile is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
            kestrel.Limits.Http2.InitialStreamWindowSize = 2 << 20;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
            Ports.Listen(kestrel, address, HttpProtocols.Http2, options);
            if (metrics is not null)
            {
                Ports.Listen(kestrel, metrics, HttpProtocols.Http1, options);
            }
        });
        WebApplication application = builder.Build();
        application.Use((context, next) => CheckTokenAsync(context, next, hub, options.Token, loggers));
        application.MapGrpcService<FleetService>();
        application.MapGrpcHealthChecksService();
        if (metrics is not null)
        {
            // Hosts would do, but a Unix socket has none: the two endpoints differ in protocol.
            application.MapPrometheusScrapingEndpoint("/metrics");
            application.MapGet(
                HealthPath,
                () =>
                    hub.Pulse.IsHealthy(options.StallTimeout)
                        ? Results.Text("healthy\n")
                        : Results.Text("unhealthy\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            );
        }
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException(
                $"{address}{(metrics is null ? "" : $" or {metrics}")} cannot be opened: {exception.Message} Choose another address, or stop what uses it.",
                exception
            );
        }
        hub.Metrics.Announce();
        string[] open = [.. application.Urls];
        options.Listening?.Invoke(address.Port == 0 && address.SocketPath is null ? open[0] : address.ToString());
        FleetLog.Listening(loggers.CreateLogger<FleetServer>(), string.Join(", ", open), hub.RunId);
        return new FleetServer(application);
    }

    /// <summary>Closes the ports, once streams have ended or a few seconds have passed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
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
        bool isFriend = token is null || Ports.IsRight(context.Request.Headers.Authorization, token);
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
        Ports.Refuse(context);
    }
}
