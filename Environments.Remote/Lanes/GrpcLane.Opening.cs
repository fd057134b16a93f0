using Environments.Naming;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Bridge;
using Protos.Rpc;

namespace Environments.Remote;

internal sealed partial class GrpcLane
{
    /// <summary>Opens copies.</summary>
    /// <param name="id">Which environment.</param>
    /// <param name="settings">This machine's.</param>
    /// <param name="process">A server of one's own, owned from here on; null where the id has an address.</param>
    /// <param name="spec">Spaces that they must have.</param>
    /// <param name="copies">B.</param>
    /// <param name="maxEpisodeSteps">Limit; 0 for the environment's own.</param>
    /// <param name="results">Arrays to use again; null for new ones.</param>
    /// <param name="interruption">Leaves an answer that is waited for a moment to come, and no longer.</param>
    /// <exception cref="BridgeLostException">The server cannot be reached.</exception>
    public static GrpcLane Open(
        RemoteId id,
        RemoteSettings settings,
        BridgeProcess? process,
        EnvironmentSpec spec,
        int copies,
        int maxEpisodeSteps,
        StepResults? results,
        CancellationToken interruption = default
    )
    {
        var lane = new GrpcLane(id, settings, process, copies, spec.ActionSpace.Size, interruption);
        try
        {
            var open = new Open
            {
                Source = SourceOf(id),
                Copies = (uint)copies,
                MaxEpisodeSteps = (uint)maxEpisodeSteps,
            };
            SessionAnswer answer = lane.Ask(new SessionRequest { Open = open }, settings.StartTimeout);
            Description opened = answer.Opened ?? throw lane.Fault("answered to Open with something else");
            Spaces.Space observations = WireSpaces.Read(opened.ObservationSpace);
            if (observations != spec.ObservationSpace || WireSpaces.Read(opened.ActionSpace) != spec.ActionSpace)
            {
                throw new InvalidDataException(
                    $"{id.Text} has other spaces than it had before: {observations} instead of {spec.ObservationSpace}. Start again."
                );
            }
            lane._results = results ?? new StepResults(copies, observations.Size, opened.ByteObservations);
            return lane;
        }
        catch
        {
            lane.Dispose();
            throw;
        }
    }

    /// <summary>Asks what an environment looks like.</summary>
    /// <exception cref="BridgeLostException">The server cannot be reached.</exception>
    public static Description Describe(RemoteId id, RemoteSettings settings, BridgeProcess? process)
    {
        using GrpcChannel channel = process is null
            ? BridgeChannel.Open(id.Address!, settings.ReadToken(), settings.AuthorityFile)
            : BridgeChannel.Open(process.Address, process.Token, authorityFile: null);
        try
        {
            DescribeReply reply = channel
                .CreateCallInvoker()
                .BlockingUnaryCall(
                    BridgeMethods.Describe,
                    null,
                    new CallOptions(deadline: DateTime.UtcNow + settings.StartTimeout),
                    SourceOf(id)
                );
            return reply.Failure is { } failure
                ? throw Failures.Of(id.Text, failure)
                : reply.Description ?? throw new InvalidDataException($"{id.Text}: the server described nothing.");
        }
        catch (RpcException exception)
        {
            throw process is { IsAlive: false }
                ? new BridgeLostException(process.Epitaph())
                : Failures.Of(id.Address?.ToString() ?? "The Python process", exception);
        }
    }

    private static Source SourceOf(RemoteId id)
    {
        var source = new Source
        {
            ProtocolVersion = BridgeMethods.ProtocolVersion,
            Id = id.Name,
            ArgumentsJson = id.ArgumentsJson,
        };
        source.Wrappers.AddRange(id.Wrappers);
        return source;
    }
}
