using Fleet.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Page.Control;
using Page.Curves;
using Page.Documents;
using Page.Runs;
using Page.Serving;
using Protos.Fleet;

namespace Page;

/// <summary>Serves a live page of runs to browsers of this machine. What <c>agents page</c> starts.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private const long MostCachedBytes = 16 << 20;
    private const int LargestBody = 64 << 10;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly BoundPorts _ports;
    private readonly RunWatch _watch;

    private PageServer(WebApplication application, BoundPorts ports, RunWatch watch, string token)
    {
        _application = application;
        _ports = ports;
        _watch = watch;
        Address = ports.Addresses[0].ToString();
        Link = $"{Address}/#token={token}";
    }

    /// <summary>Where it is, without the secret.</summary>
    public string Address { get; }

    /// <summary>What to open in a browser. The secret stands where browsers send it to nobody.</summary>
    public string Link { get; }

    /// <summary>Opens the port and begins to look at the runs.</summary>
    /// <exception cref="ArgumentException">The address is not one of this machine.</exception>
    /// <exception cref="IOException">The port cannot be opened.</exception>
    public static async Task<PageServer> StartAsync(PageOptions options)
    {
        RequireLoopback(options.Listen);
        var ports = BoundPorts.Bind(
            new FleetOptions { Listen = options.Listen, Token = options.Token },
            (options.Listen, HttpProtocols.Http1)
        );
        var catalog = new RunCatalog(options.Folder);
        var watch = new RunWatch(catalog, options.Interval, options.Clock, options.Warn);
        WebApplication? application = null;
        try
        {
            watch.Start();
            application = Build(options, ports, catalog, watch);
            await application.StartAsync().ConfigureAwait(false);
            return new PageServer(application, ports, watch, options.Token);
        }
        catch
        {
            if (application is not null)
            {
                await application.DisposeAsync().ConfigureAwait(false);
            }
            watch.Dispose();
            ports.Dispose();
            throw;
        }
    }

    /// <summary>Closes the port.</summary>
    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _ports.Dispose();
    }

    // Encryption and certificates are no page's business: whoever is elsewhere forwards the port, such as with ssh -L.
    private static void RequireLoopback(string listen)
    {
        var address = FleetAddress.Parse(listen);
        if (!address.IsLocal || address.SocketPath is not null || address.IsSecure)
        {
            throw new ArgumentException(
                $"The page is for browsers of this machine, and {address} is no address of it. Listen on http://127.0.0.1:port, and from elsewhere forward that port, such as with 'ssh -L'."
            );
        }
    }

    private static WebApplication Build(PageOptions options, BoundPorts ports, RunCatalog catalog, RunWatch watch)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        ports.AddTo(builder);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = LargestBody);
        WebApplication application = builder.Build();
        var guard = new RequestGuard(options.Token, new Uri(ports.Addresses[0].ToString()));
        application.Use(guard.CheckAsync);
        application.Use(new FailureAnswers(options.Warn).AnswerAsync);
        Assets.Map(application);
        var curves = new CurveBuilder(new ColumnCache(MostCachedBytes));
        new RunEndpoints(catalog, watch, curves, options.FleetStatus is not null).Map(application);
        new DetailEndpoints(catalog, options).Map(application);
        new ControlEndpoints(catalog, watch, new RunControl(options.Continue)).Map(application);
        DocumentPages.Map(application);
        return application;
    }
}
