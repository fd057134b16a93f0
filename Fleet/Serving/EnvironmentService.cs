using Environments;
using Grpc.Core;
using Protos.Bridge;
using Protos.Rpc;

namespace Fleet.Serving;

/// <summary>The gRPC face of an environment: one stream, one batch of copies.</summary>
/// <param name="registry">Where batches come from.</param>
/// <param name="spec">The only environment that is served.</param>
/// <param name="maxCopies">Most copies of one client.</param>
/// <param name="maxClients">Most clients at once.</param>
internal sealed class EnvironmentService(EnvironmentRegistry registry, EnvironmentSpec spec, int maxCopies, int maxClients)
{
    private int _clients;

    /// <summary>What the environment looks like.</summary>
    public DescribeReply Describe(Source source) =>
        Mistake(source) is { } mistake
            ? new DescribeReply { Failure = mistake }
            : new DescribeReply { Description = ServedBatch.Describe(spec, rate: 0) };

    /// <summary>One client, from Open to the end of its stream.</summary>
    public async Task SessionAsync(
        IAsyncStreamReader<SessionRequest> requests,
        IServerStreamWriter<SessionReply> replies,
        ServerCallContext context
    )
    {
        ServedBatch? batch = null;
        bool isTooMany = Interlocked.Increment(ref _clients) > maxClients;
        try
        {
            while (await requests.MoveNext(context.CancellationToken).ConfigureAwait(false))
            {
                SessionReply reply;
                try
                {
                    // Told as the answer to its first request: who writes into a stream that has ended may not hear why.
                    reply =
                        isTooMany ? TooMany()
                        : batch is null ? Open(requests.Current, out batch)
                        : batch.Answer(requests.Current);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    bool request = exception is ArgumentException or InvalidOperationException;
                    reply = Refuse(request ? Failure.Types.Kind.Request : Failure.Types.Kind.Environment, exception.Message);
                    reply.Failure.Traceback = request ? "" : exception.ToString();
                }
                await replies.WriteAsync(reply, context.CancellationToken).ConfigureAwait(false);
                if (reply.ReplyCase == SessionReply.ReplyOneofCase.Failure)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or RpcException)
        {
            // The client is gone, or the server stops.
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
            batch?.Dispose();
        }
    }

    private SessionReply TooMany() =>
        Refuse(
            Failure.Types.Kind.Request,
            $"{maxClients} clients are served already, which is the most; try again when one has left, or serve more with --max-clients"
        );

    private SessionReply Open(SessionRequest request, out ServedBatch? batch)
    {
        batch = null;
        if (request.Open is not { } open)
        {
            return Refuse(Failure.Types.Kind.Request, "a stream begins with Open");
        }
        if (Mistake(open.Source) is { } mistake)
        {
            return new SessionReply { Failure = mistake };
        }
        int copies = open.Copies == 0 ? 1 : (int)Math.Min(open.Copies, int.MaxValue);
        if (copies > maxCopies)
        {
            return Refuse(Failure.Types.Kind.Request, $"{copies} copies were asked for; at most {maxCopies} are served");
        }
        batch = new ServedBatch(
            registry.Make(spec.Id, copies, open.MaxEpisodeSteps > 0 ? (int)Math.Min(open.MaxEpisodeSteps, int.MaxValue) : null)
        );
        return new SessionReply { Opened = batch.Description };
    }

    private Failure? Mistake(Source? source)
    {
        if (source?.ProtocolVersion != BridgeMethods.ProtocolVersion)
        {
            return Refuse(
                Failure.Types.Kind.Request,
                $"this server speaks protocol {BridgeMethods.ProtocolVersion}, the client {source?.ProtocolVersion ?? 0}"
            ).Failure;
        }
        if (source.Id.Length > 0 && source.Id != spec.Id)
        {
            return Refuse(Failure.Types.Kind.NotFound, $"'{source.Id}' is not served here; {spec.Id} is").Failure;
        }
        return source.ArgumentsJson.Length > 0 || source.Wrappers.Count > 0
            ? Refuse(Failure.Types.Kind.Request, $"{spec.Id} is served as it is; options are set where it is served").Failure
            : null;
    }

    private static SessionReply Refuse(Failure.Types.Kind kind, string message) =>
        new()
        {
            Failure = new Failure { Kind = kind, Message = message.ReplaceLineEndings(" ") },
        };
}
