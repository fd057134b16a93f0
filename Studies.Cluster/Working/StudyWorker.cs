using Agents.Files;
using Fleet.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Protos.Fleet;
using Studies.Cluster.Joining;
using Studies.Cluster.Queue;
using Studies.Cluster.Transfer;

namespace Studies.Cluster.Working;

/// <summary>Takes legs from the cluster's queue while it has room, trains them, and says how far they are. What <c>agents worker</c> calls.</summary>
internal sealed class StudyWorker
{
    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TakeInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SaveTime = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RejoinTime = TimeSpan.FromSeconds(1);

    private readonly WorkerOptions _options;
    private readonly LegDesk _desk;
    private readonly string _address;
    private bool _told;

    private StudyWorker(WorkerOptions options, LegDesk desk, string address)
    {
        _options = options;
        _desk = desk;
        _address = address;
    }

    /// <summary>Works until it is cancelled: then what trains is saved, and fetched by its study where that is there.</summary>
    /// <exception cref="ArgumentException">The options would let strangers in.</exception>
    /// <exception cref="IOException">The cluster is not there, or a port is in use.</exception>
    public static async Task RunAsync(WorkerOptions options, CancellationToken cancellationToken)
    {
        SiloAddresses silo = SiloAddresses.Read(options.Silo, options.Gateway, options.Cluster);
        ClusterTable.Require(options.Cluster);
        string scratch = options.Scratch is { } folder
            ? Path.Combine(Path.GetFullPath(folder), $"worker-{Guid.NewGuid():N}")
            : Directory.CreateTempSubdirectory("agents-worker-").FullName;
        Directory.CreateDirectory(scratch);
        var desk = new LegDesk(
            scratch,
            options.Jobs,
            options.Training with
            {
                Registry = options.Training.Registry.ForForeignIds, // studies say which environment
            }
        );
        try
        {
            ServiceHost port = await ListenAsync(options, desk, scratch).ConfigureAwait(false);
            await using (port.ConfigureAwait(false))
            {
                string address = options.Advertised ?? Reachable(port.Addresses[0]);
                await new StudyWorker(options, desk, address).JoinAsync(silo, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await desk.DropAllAsync().ConfigureAwait(false);
            AtomicFolder.TryDelete(scratch);
        }
    }

    private static Task<ServiceHost> ListenAsync(WorkerOptions options, LegDesk desk, string scratch) =>
        ServiceHost.StartAsync(
            options.Listen,
            TransferStatus.MaxMessageSize,
            bodyBytes: null,
            [(options.Listen.Listen, HttpProtocols.Http2)],
            services => services.AddSingleton(new WorkerService(desk, scratch)),
            application => application.MapGrpcService<WorkerService>()
        );

    private static string Reachable(string listened)
    {
        FleetAddress address = FleetAddress.Parse(listened);
        return address.Host is "0.0.0.0" or "::" ? $"https://{SiloAddresses.OwnAddress()}:{address.Port}" : listened;
    }

    // Others may take a worker for dead that stood still for a while: it joins again under another id, and what it held is theirs.
    private async Task JoinAsync(SiloAddresses addresses, CancellationToken cancellationToken)
    {
        bool isAgain = false;
        while (true)
        {
            SiloHost silo;
            try
            {
                silo = await SiloHost.StartAsync(_options.Cluster, addresses, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException exception) when (isAgain)
            {
                // The table is away, or reads what it had: whoever starts a worker is told at once, and a worker that was in goes on trying.
                _options.Cluster.Tell($"{exception.Message} It is tried again.");
                await Task.Delay(RejoinTime, cancellationToken).ConfigureAwait(false);
                continue;
            }
            isAgain = true;
            await using (silo.ConfigureAwait(false))
            {
                _options.Cluster.Tell(
                    $"Joined the cluster '{_options.Cluster.Name}' at {_options.Cluster.Address} with {_options.Jobs} slots; silo {addresses.Silo}, gateway {addresses.Gateway}, folders at {_address}."
                );
                await WorkAsync(silo, cancellationToken).ConfigureAwait(false);
                if (!silo.Ended.IsCompleted)
                {
                    await LeaveAsync(silo).ConfigureAwait(false);
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
            _options.Cluster.Tell(
                $"The cluster took this worker for dead, or it could not go on ({await silo.Ended.ConfigureAwait(false)}). What it trained is trained elsewhere; it joins again."
            );
            await _desk.DropAllAsync().ConfigureAwait(false);
            await Task.Delay(RejoinTime, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(SiloHost silo, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && !silo.Ended.IsCompleted)
        {
            await TryAsync(silo, () => BeatAsync(silo, _options.Jobs)).ConfigureAwait(false);
            long beat = TimeProvider.System.GetTimestamp();
            do
            {
                if (_desk.Free is > 0 and var free)
                {
                    await TryAsync(silo, () => TakeAsync(silo, free)).ConfigureAwait(false);
                }
                try
                {
                    if (await _desk.WaitAsync(TakeInterval, cancellationToken).ConfigureAwait(false))
                    {
                        break; // what has ended is told at once
                    }
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            } while (TimeProvider.System.GetElapsedTime(beat) < BeatInterval && !silo.Ended.IsCompleted);
        }
    }

    private async Task BeatAsync(SiloHost silo, int slots)
    {
        BeatReply reply = await silo
            .Queue.BeatAsync(new WorkerBeat(silo.Id, _address, slots, _desk.Report()))
            .ConfigureAwait(false);
        Array.ForEach(reply.Drop, _desk.Drop);
        Array.ForEach(reply.Stop, _desk.Stop);
    }

    private async Task TakeAsync(SiloHost silo, int free)
    {
        foreach (LegKey key in await silo.Queue.TakeAsync(silo.Id, _address, free).ConfigureAwait(false))
        {
            _desk.Accept(key);
        }
    }

    // Whatever fails is tried again a moment later; what trains goes on meanwhile.
    private async Task TryAsync(SiloHost silo, Func<Task> ask)
    {
        try
        {
            await Task.WhenAny(ask(), silo.Ended).Unwrap().ConfigureAwait(false);
            if (_told && !silo.Ended.IsCompleted)
            {
                _told = false;
                _options.Cluster.Tell("The cluster answers again.");
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (!_told)
            {
                _told = true;
                _options.Cluster.Tell(
                    $"The cluster does not answer ({exception.Message.ReplaceLineEndings(" ")}); what trains goes on."
                );
            }
        }
    }

    // Studies fetch what was saved, and tell the queue, which the next beat's answer shows.
    private async Task LeaveAsync(SiloHost silo)
    {
        _desk.StopAll();
        long begun = TimeProvider.System.GetTimestamp();
        long saved = begun;
        while (
            _desk.Report() is { Length: > 0 } held
            && TimeProvider.System.GetElapsedTime(saved) < _options.Farewell
            && TimeProvider.System.GetElapsedTime(begun) < SaveTime
        )
        {
            if (Array.Exists(held, leg => leg.Phase == HeldPhase.Running))
            {
                saved = TimeProvider.System.GetTimestamp(); // fetching begins when all is saved
            }
            await TryAsync(silo, () => BeatAsync(silo, 0)).ConfigureAwait(false);
            await _desk.WaitAsync(TakeInterval, CancellationToken.None).ConfigureAwait(false);
        }
        await TryAsync(silo, () => silo.Queue.LeaveAsync(silo.Id)).ConfigureAwait(false);
    }
}
