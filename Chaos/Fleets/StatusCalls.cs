using Actors.Fleet;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;
using Protos.Rpc;

namespace Chaos.Fleets;

/// <summary>Asks a learner how it is. Owns the connection.</summary>
/// <param name="address">Of the learner.</param>
/// <param name="patience">How long an answer may take.</param>
internal sealed class StatusCalls(string address, TimeSpan patience) : IDisposable
{
    private readonly GrpcChannel _channel = FleetChannel.Open(address, token: null);

    /// <summary>The learner's status; null when it does not answer.</summary>
    public async Task<FleetStatus?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _channel
                .CreateCallInvoker()
                .AsyncUnaryCall(
                    FleetMethods.GetStatus,
                    null,
                    new CallOptions(deadline: DateTime.UtcNow + patience, cancellationToken: cancellationToken),
                    new StatusRequest()
                )
                .ConfigureAwait(false);
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
