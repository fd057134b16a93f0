using Fleet.Admission;
using Fleet.Intake;
using Fleet.Publishing;
using Fleet.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Protos.Fleet;
using Protos.Rpc;

namespace Fleet.Hosting;

/// <summary>The service that actors call: it decodes, checks and hands over to the hub.</summary>
internal sealed class FleetService(
    FleetHub hub,
    FleetStatusBoard board,
    IHostApplicationLifetime lifetime,
    ILogger<FleetService> log
)
{
    // Whoever is let in says who it is at once; streams that say nothing would add up.
    private static readonly TimeSpan HelloTime = TimeSpan.FromSeconds(15);

    // Of an actor that takes no goodbye, such as one that records for long; the host's own patience is longer.
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(10);

    private const string LearnerStops = "The learner stops; it may come back.";

    /// <summary>The stream of one actor, from hello to goodbye.</summary>
    public async Task StreamUnrollsAsync(
        IAsyncStreamReader<ActorFrame> requests,
        IServerStreamWriter<LearnerMessage> responses,
        ServerCallContext context
    )
    {
        // A learner that stops breaks nobody off who has joined: the goodbye is on its way, and the host cuts who does not take it.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        ActorRecord? actor = null;
        ActorConnection? connection = null;
        bool left = false;
        using CancellationTokenRegistration stopping = lifetime.ApplicationStopping.Register(() =>
        {
            if (connection is { } open)
            {
                open.Close(Goodbye.Types.Reason.LearnerStops, LearnerStops);
                return;
            }
            ending.Cancel();
        });
        try
        {
            if (await HelloAsync(requests, ending.Token).ConfigureAwait(false) is not { } hello)
            {
                await responses.WriteAsync(NotAHello(requests), ending.Token).ConfigureAwait(false);
                return;
            }
            (actor, connection, LearnerMessage answer) = hub.Admission.Join(hello);
            await responses.WriteAsync(answer, ending.Token).ConfigureAwait(false);
            if (actor is null || connection is null)
            {
                return;
            }
            left = await ConverseAsync(actor, connection, requests, responses, ending).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or RpcException or InvalidOperationException)
        {
            FleetLog.Broken(log, actor?.Id ?? "without a hello", exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The actor is gone, or the learner stops.
        }
        finally
        {
            if (actor is not null && connection is not null)
            {
                hub.Admission.Leave(actor, connection, broke: !left);
            }
        }
    }

    /// <summary>Listens and tells until either ends.</summary>
    /// <param name="actor">Who joined.</param>
    /// <param name="connection">Its stream.</param>
    /// <param name="requests">What it says.</param>
    /// <param name="responses">What it is told.</param>
    /// <param name="ending">Cancelled at the end.</param>
    /// <returns>Whether the actor left by itself.</returns>
    private async Task<bool> ConverseAsync(
        ActorRecord actor,
        ActorConnection connection,
        IAsyncStreamReader<ActorFrame> requests,
        IServerStreamWriter<LearnerMessage> responses,
        CancellationTokenSource ending
    )
    {
        // Whoever of the two ends first ends the other: the actor hangs up, or the learner says goodbye.
        Task telling = TellAsync(actor, connection, responses, ending.Token);
        Task listening = ListenAsync(actor, connection, requests, ending.Token);
        await await Task.WhenAny(telling, listening).ConfigureAwait(false);
        if (telling.IsCompletedSuccessfully)
        {
            // The actor hangs up first: what it writes into a stream that is closed already may cost it the goodbye.
            await Task.WhenAny(listening, Task.Delay(LastRead, ending.Token)).ConfigureAwait(false);
        }
        bool left = listening.IsCompletedSuccessfully;
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(telling, listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return left;
    }

    /// <summary>Sends one publication.</summary>
    public async Task FetchParametersAsync(
        ParameterRequest request,
        IServerStreamWriter<ParameterFrame> responses,
        ServerCallContext context
    )
    {
        ParameterStore.Snapshot snapshot =
            hub.Parameters.Hold(request.Number)
            ?? throw new RpcException(
                new Status(
                    StatusCode.NotFound,
                    $"Publication {request.Number} is not kept; the newest is {hub.Parameters.Newest.Number}."
                )
            );
        try
        {
            for (int offset = 0; offset < snapshot.Bytes.Length; offset += FleetMethods.ChunkSize)
            {
                int length = Math.Min(FleetMethods.ChunkSize, snapshot.Bytes.Length - offset);
                var frame = new ParameterFrame
                {
                    Publication = snapshot.Publication,
                    TotalBytes = snapshot.Bytes.Length,
                    Offset = offset,
                    Hash = offset == 0 ? snapshot.Hash : ReadOnlyMemory<byte>.Empty,
                    Data = snapshot.Bytes.AsMemory(offset, length),
                };
                await responses.WriteAsync(frame, context.CancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            hub.Parameters.Release(snapshot);
        }
    }

    /// <summary>Describes the run.</summary>
    public Task<FleetStatus> GetStatusAsync(StatusRequest request, ServerCallContext context) =>
        Task.FromResult(board.Describe(hub));

    /// <summary>The first message, where it is a hello and comes in time.</summary>
    private async Task<Hello?> HelloAsync(IAsyncStreamReader<ActorFrame> requests, CancellationToken cancellationToken)
    {
        using var waiting = new CancellationTokenSource(HelloTime, hub.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, waiting.Token);
        try
        {
            return await requests.MoveNext(either.Token).ConfigureAwait(false) ? requests.Current.Hello : null;
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or RpcException
                && waiting.IsCancellationRequested
                && !cancellationToken.IsCancellationRequested
            )
        {
            return null;
        }
    }

    private async Task TellAsync(
        ActorRecord actor,
        ActorConnection connection,
        IServerStreamWriter<LearnerMessage> responses,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
            await responses.WriteAsync(hub.Intake.AcknowledgementFor(actor, connection), cancellationToken).ConfigureAwait(false);
            if (connection.Goodbye is { } goodbye)
            {
                connection.IsOver = true;
                await responses.WriteAsync(new LearnerMessage { Goodbye = goodbye }, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task ListenAsync(
        ActorRecord actor,
        ActorConnection connection,
        IAsyncStreamReader<ActorFrame> requests,
        CancellationToken cancellationToken
    )
    {
        while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            if (connection.IsOver)
            {
                if (requests.Current.Unroll is { } late)
                {
                    hub.Intake.Pool.Return(late);
                }
                continue;
            }
            await hub.Intake.ReceiveAsync(actor, connection, requests.Current).ConfigureAwait(false);
        }
    }

    private LearnerMessage NotAHello(IAsyncStreamReader<ActorFrame> requests)
    {
        string detail = requests.Current is { } frame ? frame.Defect ?? "it is an unroll" : "the stream is empty";
        if (requests.Current?.Unroll is { } unroll)
        {
            hub.Intake.Pool.Return(unroll);
        }
        hub.Metrics.CountRefused(RefusalReason.Poisoned);
        return new LearnerMessage
        {
            Goodbye = new Goodbye
            {
                Reason = Goodbye.Types.Reason.NotWelcome,
                Detail = $"A stream begins with a hello, but {detail}.",
            },
        };
    }
}
