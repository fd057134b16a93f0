using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;
using Protos.Foreign;

namespace Protos.Rpc;

/// <summary>What broke a call, in words: the library gives none, such as for a deadline that has passed, or names of its own types.</summary>
internal static class RpcFailures
{
    // What the library says of its own accord where a connection fails; the other side never begins so.
    private static readonly string[] OfTheLibrary =
    [
        "Error starting gRPC call",
        "Error connecting to subchannel",
        "Error reading next message",
    ];

    private const string AnswerOfAnother = "Bad gRPC response";

    /// <summary>The reason, never empty and fit to be shown; no full stop after it unless the other side sent one.</summary>
    public static string Describe(RpcException exception) =>
        Causes(exception.Status.DebugException).Select(Describe).FirstOrDefault(text => text is not null)
        ?? (
            exception.Status.Detail.StartsWith(AnswerOfAnother, StringComparison.Ordinal)
                ? "what answers there is another program"
            : IsTold(exception.Status.Detail) ? ForeignText.Show(exception.Status.Detail)
            : Describe(exception.StatusCode)
        );

    private static bool IsTold(string detail) =>
        !string.IsNullOrWhiteSpace(detail)
        && !Array.Exists(OfTheLibrary, start => detail.StartsWith(start, StringComparison.Ordinal));

    private static string Describe(StatusCode code) =>
        code switch
        {
            StatusCode.DeadlineExceeded => "there was no answer in time",
            StatusCode.Cancelled => "the call was cut off",
            StatusCode.Unavailable => "nobody answers there",
            _ => $"the call ended with the status {code}",
        };

    private static string? Describe(Exception cause) =>
        cause switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
                "there is no machine of this name",
            SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } =>
                "there is no way to that machine from here",
            SocketException { SocketErrorCode: SocketError.AccessDenied } => "this user may not use that socket",
            // A socket of a file that is not there reads as an address that cannot be had.
            SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable } =>
                "nobody listens there",
            IOException => "the connection broke off",
            AuthenticationException => $"the encrypted connection failed: {ForeignText.Show(cause.Message).TrimEnd('.')}",
            _ => null,
        };

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
