using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Protos.Bridge;
using Protos.Fleet;

namespace Protos.Rpc;

/// <summary>The methods of the <c>Environments</c> service, with results that are read straight into a batch's arrays.</summary>
internal static class BridgeMethods
{
    /// <summary>Largest message that either side takes, in bytes.</summary>
    public const int MaxMessageSize = 64 << 20;

    /// <summary>Version of the protocol.</summary>
    public const uint ProtocolVersion = 1;

    /// <summary>Full name of the service.</summary>
    public const string Service = "agents.environment.v1.Environments";

    private static readonly Marshaller<SessionRequest> Requests = Generated(SessionRequest.Parser);

    /// <summary>Description of an environment.</summary>
    public static Method<Source, DescribeReply> Describe { get; } =
        new(MethodType.Unary, Service, "Describe", Generated(Source.Parser), Generated(DescribeReply.Parser));

    /// <summary>A session as who serves environments needs it.</summary>
    public static Method<SessionRequest, SessionReply> Serve { get; } =
        new(MethodType.DuplexStreaming, Service, "Session", Requests, Generated(SessionReply.Parser));

    /// <summary>A session as who steps environments needs it.</summary>
    /// <param name="results">Where results go; asked for once the batch is open, null before.</param>
    public static Method<SessionRequest, SessionAnswer> StepInto(Func<StepResults?> results) =>
        new(
            MethodType.DuplexStreaming,
            Service,
            "Session",
            Requests,
            new Marshaller<SessionAnswer>(
                (_, _) => throw new NotSupportedException("Whoever steps environments sends no answers."),
                context => Read(context.PayloadAsReadOnlySequence(), results())
            )
        );

    internal static SessionAnswer Read(ReadOnlySequence<byte> message, StepResults? results)
    {
        foreach (WireField field in new WireFields(message))
        {
            if (field.Number == SessionReply.ResultsFieldNumber && results is not null)
            {
                return ResultsReader.Read(field.Content, results) is { } defect
                    ? new SessionAnswer(Defect: defect)
                    : SessionAnswer.Results;
            }
            break;
        }
        try
        {
            SessionReply reply = SessionReply.Parser.ParseFrom(message);
            return reply.ReplyCase is SessionReply.ReplyOneofCase.None or SessionReply.ReplyOneofCase.Results
                ? new SessionAnswer(Defect: "the answer is none that was asked for")
                : new SessionAnswer(reply.Opened, reply.Picture, reply.Failure);
        }
        catch (InvalidProtocolBufferException)
        {
            return new SessionAnswer(Defect: "the answer is damaged");
        }
    }

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
                    throw new RpcException(
                        new Status(StatusCode.InvalidArgument, $"The message is damaged: {exception.Message}")
                    );
                }
            }
        );
}
