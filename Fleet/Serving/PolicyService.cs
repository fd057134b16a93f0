using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Protos.Bridge;
using Protos.Serving;

namespace Fleet.Serving;

/// <summary>The gRPC face of a policy: it decodes and hands over.</summary>
internal sealed class PolicyService(PolicyDesk desk) : Policies.PoliciesBase
{
    /// <inheritdoc/>
    public override Task<PolicyDescription> Describe(DescribeRequest request, ServerCallContext context)
    {
        Agents.Policies.SavedPolicy policy = desk.Policy;
        return Task.FromResult(
            new PolicyDescription
            {
                Environment = policy.Info.Environment,
                Agent = policy.Info.Agent,
                Acting = policy.Info.Acting,
                ObservationSize = (uint)policy.ObservationSpace.Size,
                ActionSize = (uint)policy.ActionSpace.Size,
                CoreStateSize = (uint)policy.CoreStateSize,
                ObservationSpace = policy.ObservationSpace.ToString(),
                ActionSpace = policy.ActionSpace.ToString(),
                ParameterHash = policy.ParameterHash,
            }
        );
    }

    /// <inheritdoc/>
    public override async Task<ActReply> Act(ActRequest request, ServerCallContext context)
    {
        try
        {
            int rows = request.Observations.Length / (sizeof(float) * desk.Policy.ObservationSpace.Size);
            await desk.MakeRoomAsync(Math.Min(rows, desk.Limits.Rows), context.GetHttpContext()).ConfigureAwait(false);
            var starts = new bool[request.EpisodeStarts.Length];
            RowCopy.ReadFlags(request.EpisodeStarts.Span, starts);
            PolicyAnswer answer = desk.Act(
                Floats(request.Observations),
                starts,
                Floats(request.CoreState),
                request.Sample,
                request.Raw
            );
            return new ActReply
            {
                Actions = Bytes(answer.Actions),
                LogProbs = Bytes(answer.LogProbs),
                CoreState = Bytes(answer.CoreState),
            };
        }
        catch (ArgumentException exception)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, exception.Message));
        }
    }

    private static float[] Floats(ByteString bytes)
    {
        if (bytes.Length % sizeof(float) != 0)
        {
            throw new ArgumentException($"{bytes.Length} bytes are no float32 numbers.");
        }
        var floats = new float[bytes.Length / sizeof(float)];
        bytes.Span.CopyTo(MemoryMarshal.AsBytes(floats.AsSpan()));
        return floats;
    }

    private static ByteString Bytes(float[] floats) => ByteString.CopyFrom(MemoryMarshal.AsBytes(floats.AsSpan()));
}
