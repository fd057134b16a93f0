using System.Threading.Channels;
using Page.Runs;
using Protos.Foreign;

namespace Page.Serving;

/// <summary>Looks at the folder of all runs while somebody watches, and tells all who watch what is new. Thread-safe.</summary>
/// <param name="catalog">The runs.</param>
/// <param name="interval">How long a look is good for.</param>
/// <param name="clock">Tells when the next look is due.</param>
/// <param name="warn">Told what failed, in whole sentences.</param>
internal sealed class RunWatch(RunCatalog catalog, TimeSpan interval, TimeProvider clock, Action<string> warn) : IDisposable
{
    /// <summary>Most windows that may watch at once.</summary>
    public const int MostWatchers = 32;

    /// <summary>Most changes that wait for a reader, who is too slow where there are more.</summary>
    public const int MostWaiting = 64;

    private readonly List<Channel<RunChanges>> _watchers = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopped = new();
    private long _lastLook;
    private Task _loop = Task.CompletedTask;

    /// <summary>The clock of all who watch.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Begins; the first look is on its way.</summary>
    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Returns once the runs were looked at not longer ago than the interval.</summary>
    public Task RefreshAsync() => LookAsync(asksForAge: true);

    private async Task LookAsync(bool asksForAge)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (asksForAge && _lastLook != 0 && clock.GetElapsedTime(_lastLook) < interval)
            {
                return;
            }
            long begun = clock.GetTimestamp();
            RunChanges changes = await Task.Run(catalog.Refresh).ConfigureAwait(false);
            _lastLook = begun;
            if (!changes.IsEmpty)
            {
                Tell(changes);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Begins to watch.</summary>
    /// <returns>What is new from now on; it ends where the reader is too slow, who then begins anew. Null where too many watch.</returns>
    public ChannelReader<RunChanges>? Watch()
    {
        var channel = Channel.CreateBounded<RunChanges>(MostWaiting);
        lock (_watchers)
        {
            if (_watchers.Count >= MostWatchers)
            {
                return null;
            }
            _watchers.Add(channel);
        }
        return channel.Reader;
    }

    /// <summary>Stops watching.</summary>
    public void Leave(ChannelReader<RunChanges> reader)
    {
        lock (_watchers)
        {
            _watchers.RemoveAll(watcher => watcher.Reader == reader);
        }
    }

    /// <summary>Ends, and with it all watching.</summary>
    public void Dispose()
    {
        _stopped.Cancel();
        _loop.GetAwaiter().GetResult();
        lock (_watchers)
        {
            _watchers.ForEach(watcher => watcher.Writer.TryComplete());
        }
        _stopped.Dispose();
        _turn.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                if (_lastLook == 0 || IsWatched())
                {
                    await TryLookAsync().ConfigureAwait(false);
                }
            } while (await timer.WaitForNextTickAsync(_stopped.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The page closes.
        }
    }

    // What failed once may do better the next time; whoever asks for the runs meanwhile is told.
    private async Task TryLookAsync()
    {
        try
        {
            await LookAsync(asksForAge: false).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            warn($"The runs could not be looked at: {ForeignText.Show(exception.Message)}");
        }
    }

    private bool IsWatched()
    {
        lock (_watchers)
        {
            return _watchers.Count > 0;
        }
    }

    private void Tell(RunChanges changes)
    {
        lock (_watchers)
        {
            foreach (Channel<RunChanges> watcher in _watchers.Where(watcher => !watcher.Writer.TryWrite(changes)))
            {
                watcher.Writer.TryComplete();
            }
        }
    }
}
