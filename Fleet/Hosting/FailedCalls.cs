using Fleet.Telemetry;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Fleet.Hosting;

/// <summary>Logs calls that failed because of this process; a client that died in the middle of one is no error of the learner's.</summary>
/// <remarks>
/// The server's own log tells both as errors, also those of requests that were cut off before they could be read, which never get here; it is
/// switched off in favour of this one.
/// </remarks>
internal sealed class FailedCalls(ILogger<FailedCalls> log) : Interceptor
{
    /// <summary>Category of the log that this one stands in for.</summary>
    public const string Replaces = "Grpc.AspNetCore.Server.ServerCallHandler";

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(request, context).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOurs(exception, context))
        {
            throw Told(exception, context);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOurs(exception, context))
        {
            throw Told(exception, context);
        }
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            await continuation(requestStream, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOurs(exception, context))
        {
            throw Told(exception, context);
        }
    }

    // An answer with a status is meant; whoever hung up, or never sent all of the request, has failed itself.
    private static bool IsOurs(Exception exception, ServerCallContext context) =>
        exception is not (RpcException or IOException or OperationCanceledException)
        && !context.CancellationToken.IsCancellationRequested;

    private RpcException Told(Exception exception, ServerCallContext context)
    {
        FleetLog.CallFailed(log, exception, context.Method);
        return new RpcException(new Status(StatusCode.Internal, "The learner failed to answer; its log says why."));
    }
}
