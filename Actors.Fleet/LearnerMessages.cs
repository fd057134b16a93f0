using System.Threading.Channels;
using Grpc.Core;
using Protos.Fleet;

namespace Actors.Fleet;

/// <summary>What the learner said last on one stream; read in the background, so that acting never waits for it.</summary>
internal sealed class LearnerMessages
{
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly object _lock = new();
    private readonly Task _reading;
    private long _nextSafe;
    private long _nextTaken;
    private Publication _newest;
    private Goodbye? _goodbye;

    /// <summary>Listens to a stream whose welcome has arrived.</summary>
    public LearnerMessages(IAsyncStreamReader<LearnerMessage> stream, Welcome welcome, CancellationToken cancellationToken)
    {
        _nextSafe = welcome.NextSequenceNumber;
        _nextTaken = welcome.NextTaken;
        _newest = welcome.Newest ?? new Publication();
        _reading = ReadAsync(stream, cancellationToken);
    }

    /// <summary>Number after the highest acknowledged one.</summary>
    public long NextSafe
    {
        get
        {
            lock (_lock)
            {
                return _nextSafe;
            }
        }
    }

    /// <summary>Number after the highest one in the learner's queue.</summary>
    public long NextTaken
    {
        get
        {
            lock (_lock)
            {
                return _nextTaken;
            }
        }
    }

    /// <summary>Newest publication that the learner spoke of.</summary>
    public Publication Newest
    {
        get
        {
            lock (_lock)
            {
                return _newest;
            }
        }
    }

    /// <summary>Why the learner ended the stream; null while it goes on, or where it did not say.</summary>
    public Goodbye? Goodbye
    {
        get
        {
            lock (_lock)
            {
                return _goodbye;
            }
        }
    }

    /// <summary>Whether the stream has ended.</summary>
    public bool HasEnded => _reading.IsCompleted;

    /// <summary>The end of the stream; fails as it failed.</summary>
    public Task Completion => _reading;

    /// <summary>Waits for the next message or the end.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _news.Reader.ReadAsync(cancellationToken);

    private async Task ReadAsync(IAsyncStreamReader<LearnerMessage> stream, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                LearnerMessage message = stream.Current;
                lock (_lock)
                {
                    if (message.Acknowledgement is { } acknowledgement)
                    {
                        _nextSafe = Math.Max(_nextSafe, acknowledgement.NextSequenceNumber);
                        _nextTaken = Math.Max(_nextTaken, acknowledgement.NextTaken);
                        _newest = acknowledgement.Newest ?? _newest;
                    }
                    _goodbye = message.Goodbye ?? _goodbye;
                }
                _news.Writer.TryWrite(true);
            }
        }
        finally
        {
            // Whoever waits must see the end; the task completes just after, so keep the bell ringing.
            _news.Writer.TryComplete();
        }
    }
}
