using Grpc.Core;
using Protos.Bridge;
using Protos.Foreign;
using Protos.Rpc;

namespace Environments.Remote;

/// <summary>What the other side, or the way to it, did wrong, as exceptions of this one.</summary>
internal static class Failures
{
    /// <summary>The exception of a failure that the other side tells.</summary>
    public static Exception Of(string id, Failure failure)
    {
        string message = ForeignText.Show(failure.Message.ReplaceLineEndings(" "));
        return failure.Kind switch
        {
            Failure.Types.Kind.NotFound => new UnknownNameException($"{id}: {message}"),
            Failure.Types.Kind.MissingPackage => new NotSupportedException($"{id}: {message}"),
            _ => new EnvironmentFaultException($"{id}: {message}") { RemoteTraceback = failure.Traceback },
        };
    }

    /// <summary>The exception of a call that broke.</summary>
    /// <param name="where">Who was called.</param>
    /// <param name="exception">How it broke.</param>
    public static Exception Of(string where, RpcException exception) =>
        exception.StatusCode switch
        {
            StatusCode.Unauthenticated => new UnauthorizedAccessException(
                $"{where} does not accept this token. Set the server's token in the variable AGENTS_BRIDGE_TOKEN, or name its file with AGENTS_BRIDGE_TOKEN_FILE."
            ),
            StatusCode.Unimplemented => new InvalidDataException($"{where} serves no environments, or those of another version."),
            StatusCode.ResourceExhausted => new InvalidDataException($"{where}: {RpcFailures.Describe(exception)}"),
            _ => new BridgeLostException($"{where} cannot be reached: {RpcFailures.Describe(exception)}"),
        };
}
