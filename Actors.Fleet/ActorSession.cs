using System.Security.Cryptography;
using System.Threading.Channels;
using Agents.Policies.Acting;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Google.Protobuf;
using Grpc.Core;
using Protos;
using Protos.Fleet;
using Protos.Rpc;

namespace Actors.Fleet;

/// <summary>What outlives an actor's streams: its environments, the unrolls that nobody acknowledged yet, its counters. Owns the environments.</summary>
internal sealed class ActorSession(ActorOptions options, CallInvoker invoker) : IDisposable
{
    private static readonly TimeSpan ParameterDeadline = TimeSpan.FromSeconds(60);
    private const int LooksPerTimeout = 10;
    private const int SecretSize = 32;
    private static readonly TimeSpan LastAcknowledgements = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(60);

    private readonly ParameterFetcher _fetcher = new(invoker, ParameterDeadline);
    private readonly UnrollWriter _writer = new();
    private readonly Queue<Unroll> _unacknowledged = new();
    private readonly Stack<Unroll> _free = new();
    private readonly ByteString _secret = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(SecretSize));
    private EnvironmentWorker? _worker;
    private long _incarnation = NewIncarnation();
    private long _nextSequenceNumber;
    private string _runId = "";
    private string _settingsYaml = "";
    private long _unrolls;
    private long _steps;
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
        options.Log?.Invoke(
            $"Connected to run {welcome.RunId}: slot {welcome.Slot}, {welcome.Copies} copies, parameters of update {welcome.Newest?.ParameterVersion}."
        );
        _runId = welcome.RunId;
        _settingsYaml = welcome.SettingsYaml;
        _worker ??= MakeWorker(welcome);
        var messages = new LearnerMessages(call.ResponseStream, welcome, ending.Token);
        try
        {
            frame.Hello = null;
            await ActAsync(call.RequestStream, frame, welcome, messages, cancellationToken).ConfigureAwait(false);
            return messages.Goodbye;
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException)
        {
            // The learner may have said goodbye and hung up while an unroll was on its way; an actor that is to end does not wait for that.
            await Task.WhenAny(messages.Completion, Task.Delay(LastWords, cancellationToken)).ConfigureAwait(false);
            if (messages.Goodbye is { } goodbye)
            {
                TakeAcknowledgements(messages);
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
            Unrolls = _unrolls,
            EnvironmentSteps = _steps,
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
        CancellationToken cancellationToken
    )
    {
        EnvironmentWorker worker = _worker!;
        TakeAcknowledgements(messages);
        foreach (Unroll unroll in _unacknowledged)
        {
            frame.Unroll = unroll;
            await requests.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        worker.PublicationNumber = -1; // a restarted learner counts its publications anew
        // Batches that other incarnations made, less the unrolls that a killed learner has forgotten.
        long before =
            welcome.NextBatch
            + _unacknowledged.Count(unroll => unroll.Header.SequenceNumber >= welcome.NextTaken)
            - _nextSequenceNumber;
        while (!cancellationToken.IsCancellationRequested)
        {
            long wanted = welcome.LockStep ? Math.Max(0, before + _nextSequenceNumber - welcome.Lag) : messages.Newest.Number;
            bool mayRecord = _nextSequenceNumber - messages.NextTaken < welcome.MaxInFlight && messages.Newest.Number >= wanted;
            if (!mayRecord)
            {
                if (!await HearAsync(messages, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
                continue;
            }
            if (messages.Goodbye is not null)
            {
                return;
            }
            if (worker.PublicationNumber != wanted)
            {
                try
                {
                    (Publication publication, ReadOnlyMemory<byte> bytes) = await _fetcher
                        .FetchAsync(welcome.LockStep ? wanted : -1, worker.PublicationBytes, cancellationToken)
                        .ConfigureAwait(false);
                    worker.Load(publication, bytes.Span);
                }
                catch (Exception exception)
                    when (cancellationToken.IsCancellationRequested && exception is RpcException or OperationCanceledException)
                {
                    break; // it was to end meanwhile, and the stream still brings the last acknowledgements
                }
            }
            Unroll next = _free.TryPop(out Unroll? free) ? free : new Unroll(worker.Shape);
            await RecordAsync(worker, next, messages, cancellationToken).ConfigureAwait(false);
            _unacknowledged.Enqueue(next);
            frame.Unroll = next;
            await requests.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
            TakeAcknowledgements(messages);
        }
        await HearLastAsync(messages).ConfigureAwait(false);
        // Whoever leaves by itself gives its name back.
        await requests.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for news; false when the learner has said goodbye. Fails as the stream failed.</summary>
    private async ValueTask<bool> HearAsync(LearnerMessages messages, CancellationToken cancellationToken)
    {
        try
        {
            await messages.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await messages.Completion.ConfigureAwait(false);
        }
        TakeAcknowledgements(messages);
        return messages.Goodbye is null && !messages.HasEnded;
    }

    private async Task HearLastAsync(LearnerMessages messages)
    {
        using var patience = new CancellationTokenSource(LastAcknowledgements, options.Clock);
        try
        {
            while (_unacknowledged.Count > 0 && await HearAsync(messages, patience.Token).ConfigureAwait(false)) { }
        }
        catch (OperationCanceledException)
        {
            options.Log?.Invoke($"{_unacknowledged.Count} unrolls were not acknowledged before the end.");
        }
    }

    private void TakeAcknowledgements(LearnerMessages messages)
    {
        long next = messages.NextSafe;
        while (_unacknowledged.TryPeek(out Unroll? oldest) && oldest.Header.SequenceNumber < next)
        {
            _unacknowledged.Dequeue();
            _free.Push(oldest);
            _unrolls++;
            _steps += oldest.Steps * oldest.Copies;
            options.Acknowledged?.Invoke(oldest.Header.Incarnation, oldest.Header.SequenceNumber);
        }
    }

    /// <summary>Records on another thread, so that environments which hang can be left behind with it.</summary>
    private async Task RecordAsync(
        EnvironmentWorker worker,
        Unroll unroll,
        LearnerMessages messages,
        CancellationToken cancellationToken
    )
    {
        Task recording = Task.Run(() => worker.Record(unroll), CancellationToken.None);
        long steps = worker.Steps;
        int silent = 0;
        while (true)
        {
            try
            {
                await recording
                    .WaitAsync(options.StepTimeout / LooksPerTimeout, options.Clock, CancellationToken.None)
                    .ConfigureAwait(false);
                _nextSequenceNumber = unroll.Header.SequenceNumber + 1;
                return;
            }
            catch (TimeoutException) when (!recording.IsFaulted)
            {
                // Looks are counted instead of time, so that an actor that was stopped itself does not blame its environments.
                silent = worker.Steps == steps && !recording.IsCompleted ? silent + 1 : 0;
                if (silent == LooksPerTimeout || (silent > 0 && cancellationToken.IsCancellationRequested))
                {
                    // The thread is lost with them; nobody can stop code that does not return.
                    _worker = null;
                    _ = recording.ContinueWith(_ => worker.Dispose(), TaskScheduler.Default);
                    await DeliverAsync(messages).ConfigureAwait(false);
                    BeginIncarnation();
                    throw new EnvironmentsFailedException(
                        $"{worker.Settings.Environment} has not finished a step for {silent * options.StepTimeout.TotalSeconds / LooksPerTimeout:0} seconds."
                    );
                }
                steps = worker.Steps;
            }
            catch (Exception exception) when (recording.IsFaulted)
            {
                await DeliverAsync(messages).ConfigureAwait(false);
                BeginIncarnation();
                throw new EnvironmentsFailedException($"{worker.Settings.Environment} threw: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Gives the learner a moment to take in what environments recorded before they failed: the next incarnation does not send it.</summary>
    private async Task DeliverAsync(LearnerMessages messages)
    {
        using var patience = new CancellationTokenSource(LastAcknowledgements, options.Clock);
        try
        {
            while (messages.NextTaken < _nextSequenceNumber && await HearAsync(messages, patience.Token).ConfigureAwait(false))
            { }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException or IOException)
        {
            options.Log?.Invoke($"Unrolls from {messages.NextTaken} to before {_nextSequenceNumber} did not reach the learner.");
        }
    }

    private EnvironmentWorker MakeWorker(Welcome welcome)
    {
        ActorSettings settings;
        try
        {
            settings = ActorSettings.Parse(welcome.SettingsYaml);
            var seed = new SeedSequence(settings.Seed);
            // The first actor's first start plays what one process would play; every other start has streams of its own.
            SeedSequence own = welcome is { Slot: 0, Starts: 0 }
                ? seed.Child(0)
                : seed.Child(3).Child(welcome.Slot).Child((uint)welcome.Starts);
            return new EnvironmentWorker(options, settings, (int)welcome.Copies, _incarnation, own);
        }
        catch (EnvironmentNotAllowedException exception)
        {
            throw new ActorRejectedException($"The learner's run cannot be acted in here: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is SettingsException or UnknownNameException)
        {
            throw new ActorRejectedException(
                $"The learner's run cannot be acted in here: {exception.Message} Use the same release for both, and the same --assembly.",
                exception
            );
        }
        catch (Exception exception)
        {
            BeginIncarnation();
            throw new EnvironmentsFailedException($"they could not be started: {exception.Message}", exception);
        }
    }

    private void BeginIncarnation()
    {
        _worker?.Dispose();
        _worker = null;
        _incarnation = NewIncarnation();
        _nextSequenceNumber = 0;
        _unacknowledged.Clear();
        _free.Clear();
        _restarts++;
    }

    private Hello Hello() =>
        new()
        {
            ProtocolVersion = FleetMethods.ProtocolVersion,
            ActorId = options.Id,
            Incarnation = _incarnation,
            Copies = (uint)options.Copies,
            NextSequenceNumber = _nextSequenceNumber,
            Streams = _attempts++,
            Secret = _secret,
            WallTime = options.Clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0,
            Acting = { ActingPolicies.All.Select(acting => acting.Name) },
        };

    // Identity, not chance: it must differ from those of earlier processes, whatever the seed is.
    private static long NewIncarnation() =>
        (long)RandomNumberGenerator.GetInt32(1, int.MaxValue) << 31 | (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
}
