using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Studies.Cluster.Queue;

namespace Studies.Cluster.Joining;

/// <summary>A worker's part of the cluster: notices who died, and holds the queue where it lies here. Owns the host.</summary>
internal sealed class SiloHost : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private readonly IHost _host;
    private readonly Fate _fate;

    private SiloHost(IHost host, Fate fate)
    {
        _host = host;
        _fate = fate;
        Id = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();
        Queue = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IWorkQueueGrain>(WorkQueueGrain.Key);
    }

    /// <summary>Id of the silo, one of a kind.</summary>
    public string Id { get; }

    /// <summary>The cluster's queue.</summary>
    public IWorkQueueGrain Queue { get; }

    /// <summary>Ends with why, once the others have taken this silo for dead, or it cannot go on.</summary>
    public Task<string> Ended => _fate.Ended;

    /// <summary>Joins a cluster.</summary>
    /// <exception cref="IOException">That failed.</exception>
    public static async Task<SiloHost> StartAsync(
        ClusterOptions options,
        SiloAddresses addresses,
        CancellationToken cancellationToken
    )
    {
        var fate = new Fate();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        ClusterLogging.Set(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new QueueLog(options.Tell));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        builder.UseOrleans(silo => Configure(silo, options, addresses));
        builder.Services.AddSingleton<IFatalErrorHandler>(fate);
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return new SiloHost(host, fate);
        }
        catch (Exception exception)
        {
            host.Dispose();
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            throw new IOException(
                $"The cluster '{options.Name}' at {options.Address} cannot be joined: {exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.')}.",
                exception
            );
        }
    }

    /// <summary>Leaves the cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var late = new CancellationTokenSource(StopTime);
            await _host.StopAsync(late.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The others notice that it is gone.
        }
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void Configure(ISiloBuilder silo, ClusterOptions options, SiloAddresses addresses)
    {
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
        {
            cluster.ClusterId = options.Name;
            cluster.ServiceId = options.Name;
        });
        silo.Configure<EndpointOptions>(points =>
        {
            points.AdvertisedIPAddress = addresses.Advertised;
            points.SiloPort = addresses.Silo.Port;
            points.GatewayPort = addresses.Gateway.Port;
            points.SiloListeningEndpoint = addresses.Silo;
            points.GatewayListeningEndpoint = addresses.Gateway;
        });
        silo.Configure<ClusterMembershipOptions>(members =>
        {
            // A process that was killed refuses at once, so that the period counts; one that is starved has a word within eight seconds.
            members.ProbeTimeout = TimeSpan.FromMilliseconds(500);
            members.MinProbeTimeout = TimeSpan.FromMilliseconds(250);
            members.MaxProbeTimeout = TimeSpan.FromSeconds(4);
            members.EnableIndirectProbes = false;
            members.ExtendProbeTimeoutDuringDegradation = false;
            members.NumMissedProbesLimit = 2;
            members.NumVotesForDeathDeclaration = 1;
            members.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            members.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            members.DefunctSiloExpiration = TimeSpan.FromDays(1);
            members.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        });
        silo.Configure<SiloMessagingOptions>(messages => messages.ResponseTimeout = ClusterLink.ResponseTime);
        silo.UseRedisClustering(redis => redis.ConfigurationOptions = ClusterTable.Configure(options));
        silo.AddRedisGrainStorage(
            WorkQueueGrain.Storage,
            redis =>
            {
                redis.ConfigurationOptions = ClusterTable.Configure(options);
                redis.GrainStorageSerializer = new QueueSerializer();
            }
        );
        silo.Services.AddSerializer(serializer => serializer.AddAssembly(typeof(SiloHost).Assembly));
        if (options.IsEncrypted)
        {
            silo.UseTls(tls => Encryption.Set(tls, options));
        }
    }

    // Orleans would end the process.
    private sealed class Fate : IFatalErrorHandler
    {
        private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Ended => _ended.Task;

        public bool IsUnexpected(Exception exception) => true;

        public void OnFatalException(object? sender, string? context, Exception? exception) =>
            _ended.TrySetResult((context ?? exception?.Message ?? "unknown").ReplaceLineEndings(" "));
    }
}
