using Grpc.Core;

namespace Chaos.Messages;

/// <summary>The methods of the <c>Fleet</c> service with bytes for messages, so that any can be sent.</summary>
internal static class RawFleet
{
    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> Stream = Raw(MethodType.DuplexStreaming, "StreamUnrolls");
    private static readonly Method<byte[], byte[]> Fetch = Raw(MethodType.ServerStreaming, "FetchParameters");

    /// <summary>Opens an actor's stream.</summary>
    public static AsyncDuplexStreamingCall<byte[], byte[]> OpenStream(CallInvoker invoker, CancellationToken cancellationToken) =>
        invoker.AsyncDuplexStreamingCall(Stream, null, new CallOptions(cancellationToken: cancellationToken));

    /// <summary>Asks for parameters.</summary>
    public static AsyncServerStreamingCall<byte[]> FetchParameters(
        CallInvoker invoker,
        byte[] request,
        CancellationToken cancellationToken
    ) => invoker.AsyncServerStreamingCall(Fetch, null, new CallOptions(cancellationToken: cancellationToken), request);

    private static Method<byte[], byte[]> Raw(MethodType type, string name) =>
        new(type, "agents.fleet.v1.Fleet", name, Bytes, Bytes);
}
