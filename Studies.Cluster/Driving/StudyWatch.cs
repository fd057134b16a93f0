using Studies.Cluster.Joining;
using Studies.Cluster.Queue;

namespace Studies.Cluster.Driving;

/// <summary>Asks the queue about a study several times a second, for all its legs at once. Thread-safe.</summary>
internal sealed class StudyWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Nothing is begun with workers of which nothing was heard for so long.
    private static readonly TimeSpan CapacityLimit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterLink _link;
    private readonly string _study;
    private readonly Task _watching;
    private TaskCompletionSource<StudyView> _next = New();
    private StudyView? _last;
    private long _heard;

    /// <summary>Watches a study.</summary>
    public StudyWatch(ClusterLink link, string study)
    {
        _link = link;
        _study = study;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Slots of the workers that live.</summary>
    public int Capacity =>
        Volatile.Read(ref _last) is { } view && TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _heard)) < CapacityLimit
            ? view.Capacity
            : 0;

    /// <summary>The next answer.</summary>
    public Task<StudyView> NextAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _next).Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static TaskCompletionSource<StudyView> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WatchAsync()
    {
        while (true)
        {
            StudyView view = await _link.AskAsync(queue => queue.PollAsync(_study), _stop.Token).ConfigureAwait(false);
            Interlocked.Exchange(ref _heard, TimeProvider.System.GetTimestamp());
            Volatile.Write(ref _last, view);
            Interlocked.Exchange(ref _next, New()).SetResult(view);
            await Task.Delay(Interval, _stop.Token).ConfigureAwait(false);
        }
    }
}
