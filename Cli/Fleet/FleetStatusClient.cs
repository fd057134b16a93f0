using System.Text.Json.Nodes;
using Actors.Fleet;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;
using Protos.Foreign;
using Protos.Rpc;

namespace Cli.Fleet;

/// <summary>Asks a learner how its fleet is. Owns the connection.</summary>
internal sealed class FleetStatusClient : IDisposable
{
    private readonly string _learner;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    /// <summary>A client; nothing is asked yet.</summary>
    /// <param name="learner">Address of the learner.</param>
    /// <param name="token">Its secret; null for none.</param>
    /// <param name="authority">PEM file of the authority of its certificate; null for those of the system.</param>
    /// <param name="certificate">PEM file of a client certificate; null for none.</param>
    /// <param name="key">PEM file of its key.</param>
    public FleetStatusClient(string learner, string? token, string? authority, string? certificate, string? key)
    {
        _learner = learner;
        _channel = FleetChannel.Open(learner, token, authority, certificate, key);
        _invoker = _channel.CreateCallInvoker();
    }

    /// <summary>Asks.</summary>
    /// <param name="patience">How long the answer may take.</param>
    /// <param name="whenSlow">What to do about an answer that takes longer, a sentence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The learner does not answer, or does not accept the token.</exception>
    public async Task<FleetStatus> FetchAsync(TimeSpan patience, string whenSlow, CancellationToken cancellationToken)
    {
        try
        {
            return await _invoker
                .AsyncUnaryCall(
                    FleetMethods.GetStatus,
                    null,
                    new CallOptions(deadline: DateTime.UtcNow + patience, cancellationToken: cancellationToken),
                    new StatusRequest()
                )
                .ConfigureAwait(false);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unauthenticated)
        {
            throw new IOException(
                "The learner does not accept this token. Give the learner's token with --token-file or the variable AGENTS_TOKEN.",
                exception
            );
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.DeadlineExceeded)
        {
            throw new IOException(
                $"The learner at {_learner} did not answer within {patience.TotalSeconds:0} s. {whenSlow}",
                exception
            );
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                $"The learner at {_learner} does not answer ({ForeignText.Show(RpcFailures.Describe(exception)).TrimEnd('.')}). Is it running, and is the address right?",
                exception
            );
        }
    }

    /// <summary>A status as JSON; what is not known is null.</summary>
    public static JsonObject ToJson(FleetStatus status) =>
        new()
        {
            ["run"] = status.RunFolder,
            ["environment"] = status.Environment,
            ["agent"] = status.Agent,
            ["env_steps"] = status.EnvironmentSteps,
            ["total_steps"] = status.TotalSteps,
            ["updates"] = status.Updates,
            ["steps_per_second"] = Finite(status.StepsPerSecond),
            ["recent_return"] = Finite(status.RecentReturn),
            ["queue_length"] = status.QueueLength,
            ["queue_capacity"] = status.QueueCapacity,
            ["recent_age"] = Finite(status.RecentAge),
            ["unrolls_accepted"] = status.UnrollsAccepted,
            ["unrolls_trained"] = status.UnrollsTrained,
            ["unrolls_refused"] = status.UnrollsRefused,
            ["unrolls_duplicate"] = status.UnrollsDuplicate,
            ["unrolls_missing"] = status.UnrollsMissing,
            ["unrolls_outside_journal"] = status.UnrollsOutsideJournal,
            ["unauthenticated_calls"] = status.UnauthenticatedCalls,
            ["actors"] = new JsonArray([
                .. status.Actors.Select(actor =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["id"] = actor.ActorId,
                            ["slot"] = actor.Slot,
                            ["connected"] = actor.Connected,
                            ["copies"] = actor.Copies,
                            ["unrolls"] = actor.Unrolls,
                            ["refused"] = actor.Refused,
                            ["starts"] = actor.Starts,
                            ["idle_seconds"] = Finite(Math.Round(actor.IdleSeconds, 3)),
                            ["quarantine"] = actor.Quarantine.Length > 0 ? actor.Quarantine : null,
                        }
                ),
            ]),
        };

    // JSON has no word for the others, which a learner may send.
    private static double? Finite(double number) => double.IsFinite(number) ? number : null;

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
