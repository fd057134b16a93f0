using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Protos.Fleet;

namespace Protos.Rpc;

/// <summary>
/// The methods of the <c>Fleet</c> service with marshallers that copy arrays once; on the wire they are those of the generated service.
/// </summary>
internal static class FleetMethods
{
    private const string Service = "agents.fleet.v1.Fleet";

    /// <summary>Largest message that either side takes, in bytes.</summary>
    public const int MaxMessageSize = 64 << 20;

    /// <summary>Most bytes of parameters in one chunk.</summary>
    public const int ChunkSize = 1 << 20;

    /// <summary>Version of the protocol.</summary>
    public const uint ProtocolVersion = 2;

    private static readonly Marshaller<LearnerMessage> LearnerMessages = Generated(LearnerMessage.Parser);
    private static readonly Marshaller<ParameterRequest> Requests = Generated(ParameterRequest.Parser);

    /// <summary>Status; messages as generated.</summary>
    public static Method<StatusRequest, FleetStatus> GetStatus { get; } =
        new(MethodType.Unary, Service, "GetStatus", Generated(StatusRequest.Parser), Generated(FleetStatus.Parser));

    /// <summary>Parameters.</summary>
    public static Method<ParameterRequest, ParameterFrame> FetchParameters { get; } =
        new(
            MethodType.ServerStreaming,
            Service,
            "FetchParameters",
            Requests,
            new Marshaller<ParameterFrame>(ParameterWire.Write, ParameterWire.Read)
        );

    /// <summary>The stream as its sender needs it.</summary>
    /// <param name="writer">Writes the unrolls of this stream.</param>
    public static Method<ActorFrame, LearnerMessage> StreamFrom(UnrollWriter writer) =>
        Stream(
            new Marshaller<ActorFrame>(
                (frame, context) => ActorWire.Write(frame, writer, context),
                _ => throw new NotSupportedException("An actor receives no actor messages.")
            )
        );

    /// <summary>The stream as its receiver needs it.</summary>
    /// <param name="pool">Where unrolls are read into.</param>
    public static Method<ActorFrame, LearnerMessage> StreamInto(UnrollPool pool) =>
        Stream(
            new Marshaller<ActorFrame>(
                (_, _) => throw new NotSupportedException("A learner sends no actor messages."),
                context => ActorWire.Read(context.PayloadAsReadOnlySequence(), pool)
            )
        );

    private static Method<ActorFrame, LearnerMessage> Stream(Marshaller<ActorFrame> frames) =>
        new(MethodType.DuplexStreaming, Service, "StreamUnrolls", frames, LearnerMessages);

    private static Marshaller<T> Generated<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        new(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context =>
            {
                try
                {
                    return parser.ParseFrom(context.PayloadAsReadOnlySequence());
                }
                catch (InvalidProtocolBufferException exception)
                {
                    // The other side's fault, not a failure of the service.
                    throw new RpcException(
                        new Status(StatusCode.InvalidArgument, $"The message is damaged: {exception.Message}")
                    );
                }
            }
        );
}
