using System.Collections.Concurrent;
using Agents.Files;
using Grpc.Core;
using Protos.Rpc;
using Studies.Cluster.Joining;
using Studies.Cluster.Queue;
using Studies.Cluster.Working;
using Studies.Legs;
using Studies.Trials;

namespace Studies.Cluster.Driving;

/// <summary>
/// Has legs trained by the workers of a cluster. The study's folder always has the newest checkpoint that could be fetched, so that a leg whose worker is gone
/// goes on elsewhere from there, and a result is taken only after its folder has arrived.
/// </summary>
internal sealed class ClusterLegRunner : ILegRunner, IDisposable
{
    // A worker that saves a leg has as long for it as a child of this machine.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    // In a row, several a second: a worker that lives and cannot take a leg, since its disk is full, keeps it from others.
    private const int MostFailures = 40;

    private readonly ConcurrentDictionary<LegKey, int> _failures = [];
    private readonly ConcurrentDictionary<LegKey, bool> _begun = [];
    private readonly ConcurrentDictionary<string, bool> _told = [];
    private readonly ClusterOptions _options;
    private readonly string _folder;
    private readonly string _study;
    private readonly ClusterLink _link;
    private readonly StudyWatch _watch;
    private readonly WorkerPorts _ports;

    private ClusterLegRunner(ClusterOptions options, string folder, ClusterLink link)
    {
        _options = options;
        _folder = folder;
        _study = StudyId.Of(folder);
        _link = link;
        _watch = new StudyWatch(link, _study);
        _ports = new WorkerPorts(folder, options);
    }

    /// <inheritdoc/>
    public int Capacity => _watch.Capacity;

    /// <summary>Connects a study to a cluster. It waits for workers where there are none.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="folder">The study's folder.</param>
    /// <exception cref="ArgumentException">The options would let strangers in.</exception>
    /// <exception cref="IOException">The cluster's table does not answer.</exception>
    public static ClusterLegRunner Connect(ClusterOptions options, string folder)
    {
        folder = Path.GetFullPath(folder);
        LegFolder.CleanUp(folder);
        var link = ClusterLink.Connect(options);
        return new ClusterLegRunner(options, folder, link);
    }

    /// <inheritdoc/>
    public async Task<LegResult> RunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken)
    {
        try
        {
            await AddAsync(order, cancellationToken).ConfigureAwait(false);
            return await FollowAsync(order, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await StopAsync(order).ConfigureAwait(false) ?? throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();

        async ValueTask DisposeAsync()
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
            await _link.DisposeAsync().ConfigureAwait(false);
            _ports.Dispose();
        }
    }

    private Task AddAsync(LegOrder order, CancellationToken cancellationToken) =>
        _link.TellAsync(queue => queue.AddAsync(_study, order.Number, order.Folder), cancellationToken);

    private Task ForgetAsync(LegOrder order, CancellationToken cancellationToken) =>
        _link.TellAsync(queue => queue.ForgetAsync(_study, order.Number), cancellationToken);

    private LegKey KeyOf(WorkView view) => new(_study, view.Leg, view.Epoch);

    private async Task<LegResult> FollowAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            StudyView all = await _watch.NextAsync(cancellationToken).ConfigureAwait(false);
            if (Array.Find(all.Legs, leg => leg.Leg == order.Number) is not { } view)
            {
                // The poll was before, or the table has lost it.
                await AddAsync(order, cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (view.Losses > 0)
            {
                _options.Tell($"Leg {order.Number} is begun again from its last checkpoint. {view.Trouble}");
                await LoseAsync(order, view.Trouble ?? "Its worker was lost.", cancellationToken).ConfigureAwait(false);
            }
            if (view.Phase == WorkPhase.Failed)
            {
                string why = $"The worker {view.Address} could not train it: {view.Text?.TrimEnd('.')}.";
                await LoseAsync(order, why, cancellationToken).ConfigureAwait(false);
            }
            if (view.Steps > 0)
            {
                progress.Report(view.Steps);
            }
            if (await ServeAsync(order, view, cancellationToken).ConfigureAwait(false) is { } result)
            {
                return result;
            }
        }
    }

    // The queue holds only what somebody follows: a leg that waits here for its turn would wait there for its order, and hold a slot.
    private async Task LoseAsync(LegOrder order, string why, CancellationToken cancellationToken)
    {
        await ForgetAsync(order, cancellationToken).ConfigureAwait(false);
        throw new LegLostException(why);
    }

    // The result once the folder is here too.
    private async Task<LegResult?> ServeAsync(LegOrder order, WorkView view, CancellationToken cancellationToken)
    {
        if (view.Address is not { } address)
        {
            return null;
        }
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task transfer = TransferAsync(order, view, address, late.Token);
        // Somebody who hangs in the middle of a transfer is noticed by others.
        while (!transfer.IsCompleted)
        {
            Task<StudyView> next = _watch.NextAsync(cancellationToken);
            if (await Task.WhenAny(transfer, next).ConfigureAwait(false) == next)
            {
                StudyView all = await next.ConfigureAwait(false);
                if (!Array.Exists(all.Legs, leg => leg.Leg == view.Leg && leg.Epoch == view.Epoch && leg.Address == address))
                {
                    await late.CancelAsync().ConfigureAwait(false);
                    break;
                }
            }
        }
        try
        {
            await transfer.ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTheWorkers(exception) && !cancellationToken.IsCancellationRequested)
        {
            // The next poll says whether it is tried again, or elsewhere.
            string why = exception is RpcException call ? RpcFailures.Describe(call) : exception.Message;
            if (exception is not OperationCanceledException && _told.TryAdd($"{address} {why}", true))
            {
                _options.Tell($"Leg {order.Number} and the worker {address}: {why.TrimEnd('.')}. It is tried again.");
            }
            if (_failures.AddOrUpdate(KeyOf(view), 1, (_, count) => count + 1) >= MostFailures)
            {
                await LoseAsync(
                        order,
                        $"Nothing could be sent to the worker {address} or fetched from it: {why.TrimEnd('.')}.",
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
            return null;
        }
        _failures.TryRemove(KeyOf(view), out _);
        if (view.Phase == WorkPhase.Stopped)
        {
            await _link.TellAsync(queue => queue.ReturnAsync(KeyOf(view)), cancellationToken).ConfigureAwait(false);
            _options.Tell($"Leg {order.Number} was saved by {address}, which leaves; it goes on elsewhere.");
        }
        if (view.Phase != WorkPhase.Ended)
        {
            return null;
        }
        LegResult result = LegMessages.Read<LegResult>(view.Text!);
        await ForgetAsync(order, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async Task TransferAsync(LegOrder order, WorkView view, string address, CancellationToken cancellationToken)
    {
        if (view.Phase == WorkPhase.Held && !view.IsBegun)
        {
            if (!_begun.ContainsKey(KeyOf(view)))
            {
                await _ports.BeginAsync(address, KeyOf(view), order, cancellationToken).ConfigureAwait(false);
                _begun[KeyOf(view)] = true;
            }
        }
        else if (IsWorthFetching(order, view))
        {
            string arriving = LegFolder.ArrivingIn(_folder);
            try
            {
                await _ports.FetchAsync(address, KeyOf(view), order.Folder, arriving, cancellationToken).ConfigureAwait(false);
                LegFolder.Replace(_folder, order.Folder, arriving);
            }
            finally
            {
                AtomicFolder.TryDelete(arriving);
            }
        }
    }

    // Of what ended all of it; of a run that trains each new checkpoint; what failed by its own settings may have left nothing.
    private bool IsWorthFetching(LegOrder order, WorkView view)
    {
        if (view.Phase == WorkPhase.Ended && LegMessages.Read<LegResult>(view.Text!).Failure is not null)
        {
            return false;
        }
        bool hasNewer = order.IsRun && view.Checkpoint > LegDesk.NewestCheckpoint(Path.Combine(_folder, order.Folder));
        return view.Phase == WorkPhase.Ended || hasNewer;
    }

    private static bool IsTheWorkers(Exception exception) =>
        exception is RpcException or InvalidDataException or OperationCanceledException or HttpRequestException;

    // What came of it where it has ended; null where it was saved, or nobody answers.
    private async Task<LegResult?> StopAsync(LegOrder order)
    {
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            while (true)
            {
                await _link.TellAsync(queue => queue.CancelAsync(_study, order.Number), patience.Token).ConfigureAwait(false);
                StudyView all = await _watch.NextAsync(patience.Token).ConfigureAwait(false);
                WorkView? view = Array.Find(all.Legs, leg => leg.Leg == order.Number);
                if (view is null or { Phase: WorkPhase.Waiting or WorkPhase.Failed })
                {
                    await ForgetAsync(order, patience.Token).ConfigureAwait(false);
                    return null;
                }
                if (view.Phase is WorkPhase.Ended or WorkPhase.Stopped)
                {
                    LegResult? result = await FetchLastAsync(order, view, patience.Token).ConfigureAwait(false);
                    await ForgetAsync(order, patience.Token).ConfigureAwait(false);
                    return result;
                }
            }
        }
        catch (OperationCanceledException)
        {
            _options.Tell($"Nobody could be asked to stop leg {order.Number}; the study finds it where it is when it goes on.");
            return null;
        }
    }

    private async Task<LegResult?> FetchLastAsync(LegOrder order, WorkView view, CancellationToken cancellationToken)
    {
        try
        {
            await TransferAsync(order, view, view.Address!, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTheWorkers(exception))
        {
            string why = exception is RpcException call ? RpcFailures.Describe(call) : exception.Message;
            _options.Tell(
                $"What leg {order.Number} saved could not be fetched: {why.TrimEnd('.')}. It goes on from an older checkpoint."
            );
            return null;
        }
        return view.Phase == WorkPhase.Ended ? LegMessages.Read<LegResult>(view.Text!) : null;
    }
}
