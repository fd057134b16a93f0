using System.Security.Cryptography;
using Agents.Policies.Acting;
using Google.Protobuf;
using Grpc.Core;
using Protos;
using Protos.Fleet;
using Protos.Rpc;

namespace Actors.Fleet;

/// <summary>What outlives an actor's streams: its environments, the unrolls that nobody acknowledged yet. Owns the environments.</summary>
internal sealed class ActorSession(ActorOptions options, CallInvoker invoker) : IDisposable
{
    private static readonly TimeSpan ParameterDeadline = TimeSpan.FromSeconds(60);
    private const int SecretSize = 32;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(60);

    private readonly ParameterFetcher _fetcher = new(invoker, ParameterDeadline);
    private readonly UnrollWriter _writer = new();
    private readonly Outbox _outbox = new(options.Acknowledged);
    private readonly StepWatch _watch = new(options.StepTimeout, options.Clock);
    private readonly ByteString _secret = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(SecretSize));
    private EnvironmentWorker? _worker;
    private string _runId = "";
    private string _settingsYaml = "";
    private int _streams;
    private ulong _attempts;
    private int _restarts;

    /// <summary>Whether the latest stream was welcomed.</summary>
    public bool WasConnected { get; private set; }

    /// <summary>Opens one stream and acts until it ends.</summary>
    /// <param name="welcomed">Called once the learner has answered.</param>
    /// <param name="cancellationToken">Ends the stream after the running unroll.</param>
    /// <returns>Why the learner ended it; null where it did not say.</returns>
    /// <exception cref="EnvironmentsFailedException">The environments hang or threw; the next stream makes new ones.</exception>
    public async Task<Goodbye?> StreamAsync(Action welcomed, CancellationToken cancellationToken)
    {
        WasConnected = false;
        // The stream outlives a cancellation for a moment, to hear the last acknowledgements.
        using var ending = new CancellationTokenSource();
        using AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> call = invoker.AsyncDuplexStreamingCall(
            FleetMethods.StreamFrom(_writer),
            null,
            new CallOptions(cancellationToken: ending.Token)
        );
        var frame = new ActorFrame { Hello = Hello() };
        await GreetAsync(call.RequestStream, frame, cancellationToken).ConfigureAwait(false);
        if (!await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }
        if (call.ResponseStream.Current.Welcome is not { } welcome)
        {
            return call.ResponseStream.Current.Goodbye;
        }
        if (_worker is not null && (welcome.RunId != _runId || welcome.SettingsYaml != _settingsYaml))
        {
            options.Log?.Invoke($"The learner now trains run {welcome.RunId}; environments are made anew.");
            BeginIncarnation();
            return null;
        }
        WasConnected = true;
        welcomed();
        _streams++;
        _worker = Join(welcome);
        var messages = new LearnerMessages(call.ResponseStream, welcome, ending.Token);
        var acknowledgements = new Acknowledgements(messages, _outbox, options);
        try
        {
            frame.Hello = null;
            await ActAsync(call.RequestStream, frame, welcome, messages, acknowledgements, cancellationToken)
                .ConfigureAwait(false);
            return messages.Goodbye;
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException)
        {
            // The learner may have said goodbye and hung up while an unroll was on its way; an actor that is to end does not wait for that.
            await Task.WhenAny(messages.Completion, Task.Delay(LastWords, cancellationToken)).ConfigureAwait(false);
            if (messages.Goodbye is { } goodbye)
            {
                acknowledgements.Take();
                return goodbye;
            }
            if (exception is InvalidOperationException)
            {
                throw new IOException("The learner ended the stream.", exception);
            }
            throw;
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await messages.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private EnvironmentWorker Join(Welcome welcome)
    {
        options.Log?.Invoke(
            $"Connected to run {welcome.RunId}: slot {welcome.Slot}, {welcome.Copies} copies, parameters of update {welcome.Newest?.ParameterVersion}."
        );
        _runId = welcome.RunId;
        _settingsYaml = welcome.SettingsYaml;
        return _worker ?? MakeWorker(welcome);
    }

    // A learner that lets nobody in may answer and hang up before it has read the greeting. What it said is then to be read, not how the writing ended.
    private static async Task GreetAsync(
        IClientStreamWriter<ActorFrame> requests,
        ActorFrame greeting,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await requests.WriteAsync(greeting, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is RpcException or InvalidOperationException && !cancellationToken.IsCancellationRequested) { }
    }

    /// <summary>What was done so far.</summary>
    public ActorResult Result(bool completed) =>
        new()
        {
            RunCompleted = completed,
            Unrolls = _outbox.Unrolls,
            EnvironmentSteps = _outbox.Steps,
            Reconnects = Math.Max(0, _streams - 1),
            Restarts = _restarts,
        };

    /// <inheritdoc/>
    public void Dispose() => _worker?.Dispose();

    private async Task ActAsync(
        IClientStreamWriter<ActorFrame> requests,
        ActorFrame frame,
        Welcome welcome,
        LearnerMessages messages,
        Acknowledgements acknowledgements,
        CancellationToken cancellationToken
    )
    {
        EnvironmentWorker worker = _worker!;
        acknowledgements.Take();
        foreach (Unroll unroll in _outbox.Waiting)
        {
            frame.Unroll = unroll;
            await requests.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        worker.PublicationNumber = -1; // a restarted learner counts its publications anew
        // Batches that other incarnations made, less the unrolls that a killed learner has forgotten.
        long before =
            welcome.NextBatch
            + _outbox.Waiting.Count(unroll => unroll.Header.SequenceNumber >= welcome.NextTaken)
            - _outbox.NextSequenceNumber;
        while (!cancellationToken.IsCancellationRequested)
        {
            long wanted = welcome.LockStep
                ? Math.Max(0, before + _outbox.NextSequenceNumber - welcome.Lag)
                : messages.Newest.Number;
            bool mayRecord =
                _outbox.NextSequenceNumber - messages.NextTaken < welcome.MaxInFlight && messages.Newest.Number >= wanted;
            if (!mayRecord)
            {
                if (!await acknowledgements.HearAsync(cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
                continue;
            }
            if (messages.Goodbye is not null)
            {
                return;
            }
            if (
                worker.PublicationNumber != wanted
                && !await TryLoadAsync(worker, welcome.LockStep ? wanted : -1, cancellationToken).ConfigureAwait(false)
            )
            {
                break; // it was to end meanwhile, and the stream still brings the last acknowledgements
            }
            Unroll next = _outbox.Rent(worker.Shape);
            await RecordAsync(worker, next, acknowledgements, cancellationToken).ConfigureAwait(false);
            _outbox.Add(next);
            frame.Unroll = next;
            await requests.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
            acknowledgements.Take();
        }
        await acknowledgements.HearLastAsync().ConfigureAwait(false);
        // Whoever leaves by itself gives its name back.
        await requests.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Fetches a publication and acts by it from now on; false when the actor is to end.</summary>
    private async Task<bool> TryLoadAsync(EnvironmentWorker worker, long number, CancellationToken cancellationToken)
    {
        try
        {
            (Publication publication, ReadOnlyMemory<byte> bytes) = await _fetcher
                .FetchAsync(number, worker.PublicationBytes, cancellationToken)
                .ConfigureAwait(false);
            worker.Load(publication, bytes.Span);
            return true;
        }
        catch (Exception exception)
            when (cancellationToken.IsCancellationRequested && exception is RpcException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RecordAsync(
        EnvironmentWorker worker,
        Unroll unroll,
        Acknowledgements acknowledgements,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await _watch.RecordAsync(worker, unroll, cancellationToken).ConfigureAwait(false);
        }
        catch (EnvironmentsFailedException failure)
        {
            if (failure.AreLost)
            {
                _worker = null;
            }
            await acknowledgements.HearDeliveredAsync().ConfigureAwait(false);
            BeginIncarnation();
            throw;
        }
    }

    private EnvironmentWorker MakeWorker(Welcome welcome)
    {
        try
        {
            return EnvironmentWorker.For(welcome, options, _outbox.Incarnation);
        }
        catch (EnvironmentsFailedException)
        {
            BeginIncarnation();
            throw;
        }
    }

    private void BeginIncarnation()
    {
        _worker?.Dispose();
        _worker = null;
        _outbox.BeginIncarnation();
        _restarts++;
    }

    private Hello Hello() =>
        new()
        {
            ProtocolVersion = FleetMethods.ProtocolVersion,
            ActorId = options.Id,
            Incarnation = _outbox.Incarnation,
            Copies = (uint)options.Copies,
            NextSequenceNumber = _outbox.NextSequenceNumber,
            Streams = _attempts++,
            Secret = _secret,
            WallTime = options.Clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0,
            Acting = { ActingPolicies.All.Select(acting => acting.Name) },
        };
}
