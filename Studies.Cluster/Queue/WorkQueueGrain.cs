using Orleans.Storage;

namespace Studies.Cluster.Queue;

/// <summary>Keeps the queue in the cluster's table, and tells it which workers are dead.</summary>
/// <param name="stored">The queue in the table.</param>
/// <param name="members">Who is in the cluster.</param>
/// <param name="clock">Tells silences.</param>
/// <param name="log">Receives what was taken back.</param>
internal sealed class WorkQueueGrain(
    [PersistentState("queue", WorkQueueGrain.Storage)] IPersistentState<StoredQueue> stored,
    IClusterMembershipService members,
    TimeProvider clock,
    QueueLog log
) : Grain, IWorkQueueGrain
{
    /// <summary>Name of the table in which it is kept.</summary>
    public const string Storage = "queue";

    /// <summary>Key of the one queue.</summary>
    public const string Key = "queue";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly WorkQueue _queue = new(clock);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _queue.Read(stored.State.Text);
        this.RegisterGrainTimer(LookAsync, TimeSpan.Zero, LookInterval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AddAsync(string study, int leg, string what) => ChangeAsync(() => _queue.Add(study, leg, what));

    /// <inheritdoc/>
    public Task<LegKey[]> TakeAsync(string worker, string address, int free) =>
        ChangeAsync(() => _queue.Take(worker, address, free));

    /// <inheritdoc/>
    public Task<BeatReply> BeatAsync(WorkerBeat beat) => ChangeAsync(() => _queue.Beat(beat));

    /// <inheritdoc/>
    public Task LeaveAsync(string worker) => ChangeAsync(() => _queue.Leave(worker));

    /// <inheritdoc/>
    public Task<StudyView> PollAsync(string study) => Task.FromResult(_queue.Poll(study));

    /// <inheritdoc/>
    public Task CancelAsync(string study, int leg) => ChangeAsync(() => _queue.Cancel(study, leg));

    /// <inheritdoc/>
    public Task ReturnAsync(LegKey key) => ChangeAsync(() => _queue.Return(key));

    /// <inheritdoc/>
    public Task ForgetAsync(string study, int leg) => ChangeAsync(() => _queue.Forget(study, leg));

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        HashSet<string> dead =
        [
            .. members
                .CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Dead)
                .Select(member => member.SiloAddress.ToParsableString()),
        ];
        IReadOnlyList<WorkLoss> losses;
        try
        {
            losses = await ChangeAsync(() => _queue.Look(dead.Contains)).ConfigureAwait(true);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The table is away; the next look finds the same.
            return;
        }
        foreach (WorkLoss loss in losses)
        {
            log.Write($"Leg {loss.Item.Leg} ({loss.Item.What}) was taken back. {loss.Item.Trouble}");
        }
    }

    private Task ChangeAsync(Action change) =>
        ChangeAsync(() =>
        {
            change();
            return true;
        });

    // What cannot be kept did not happen: the queue goes back, and whoever asked tries again.
    private async Task<T> ChangeAsync<T>(Func<T> change)
    {
        long before = _queue.Changes;
        T answer = change();
        if (_queue.Changes == before)
        {
            return answer;
        }
        string? kept = stored.State.Text;
        stored.State.Text = _queue.Write();
        try
        {
            await stored.WriteStateAsync().ConfigureAwait(true);
            return answer;
        }
        catch (Exception exception)
        {
            stored.State.Text = kept;
            _queue.Read(kept);
            if (exception is InconsistentStateException)
            {
                // Somebody else wrote, or an earlier write succeeded whose answer was lost: read it anew.
                DeactivateOnIdle();
            }
            throw new IOException($"The cluster's table cannot be written: {exception.Message}");
        }
    }
}
