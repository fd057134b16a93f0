using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Studies.Cluster.Queue;

namespace Studies.Cluster.Joining;

/// <summary>A study's way to the queue: it waits for workers, and goes on where one is gone. Owns the client.</summary>
internal sealed class ClusterLink : IAsyncDisposable
{
    /// <summary>How long a call may take; a silo that died may not answer.</summary>
    public static readonly TimeSpan ResponseTime = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterOptions _options;
    private readonly IHost _host;
    private readonly Task _joined;
    private int _told;

    private ClusterLink(ClusterOptions options)
    {
        _options = options;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        ClusterLogging.Set(builder.Logging);
        builder.UseOrleansClient(Configure);
        _host = builder.Build();
        _joined = Task.Run(() => _host.StartAsync(_stop.Token));
    }

    /// <summary>Connects to a cluster.</summary>
    /// <exception cref="ArgumentException">The options would let strangers in.</exception>
    /// <exception cref="IOException">The table does not answer.</exception>
    public static ClusterLink Connect(ClusterOptions options)
    {
        ClusterTable.Require(options);
        return new ClusterLink(options);
    }

    /// <summary>Asks the queue until it answers.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<T> AskAsync<T>(Func<IWorkQueueGrain, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        while (true)
        {
            try
            {
                await _joined.WaitAsync(either.Token).ConfigureAwait(false);
                IWorkQueueGrain queue = _host
                    .Services.GetRequiredService<IGrainFactory>()
                    .GetGrain<IWorkQueueGrain>(WorkQueueGrain.Key);
                T answer = await ask(queue).WaitAsync(either.Token).ConfigureAwait(false);
                if (Interlocked.Exchange(ref _told, 0) == 1)
                {
                    _options.Tell("The cluster answers again.");
                }
                return answer;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !either.IsCancellationRequested)
            {
                if (Interlocked.Exchange(ref _told, 1) == 0)
                {
                    _options.Tell($"The cluster does not answer ({exception.Message.ReplaceLineEndings(" ")}); trying again.");
                }
                await Task.Delay(RetryTime, either.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Tells the queue something until it answers.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task TellAsync(Func<IWorkQueueGrain, Task> tell, CancellationToken cancellationToken) =>
        AskAsync(
            async queue =>
            {
                await tell(queue).ConfigureAwait(false);
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _joined.WaitAsync(StopTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var late = new CancellationTokenSource(StopTime);
            await _host.StopAsync(late.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Silos close what is left of it.
        }
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
        _stop.Dispose();
    }

    private void Configure(IClientBuilder client)
    {
        client.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
        {
            cluster.ClusterId = _options.Name;
            cluster.ServiceId = _options.Name;
        });
        client.Configure<ClientMessagingOptions>(messages => messages.ResponseTimeout = ResponseTime);
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        client.UseRedisClustering(redis => redis.ConfigurationOptions = ClusterTable.Configure(_options));
        client.Services.AddSerializer(serializer => serializer.AddAssembly(typeof(ClusterLink).Assembly));
        client.UseConnectionRetryFilter(
            async (_, cancellationToken) =>
            {
                if (Interlocked.Exchange(ref _told, 1) == 0)
                {
                    _options.Tell(
                        $"The cluster '{_options.Name}' has no workers yet. Start some with 'agents worker --cluster {_options.Address}'."
                    );
                }
                await Task.Delay(RetryTime, cancellationToken).ConfigureAwait(false);
                return true;
            }
        );
        if (_options.IsEncrypted)
        {
            client.UseTls(tls => Encryption.Set(tls, _options));
        }
    }
}
