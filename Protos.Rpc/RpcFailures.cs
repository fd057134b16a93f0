using Grpc.Core;
using Protos.Foreign;

namespace Protos.Rpc;

/// <summary>What broke a call, in words: the library often gives none, such as for a deadline that has passed.</summary>
internal static class RpcFailures
{
    /// <summary>The reason, never empty and fit to be shown; no full stop after it unless the other side sent one.</summary>
    public static string Describe(RpcException exception) =>
        string.IsNullOrWhiteSpace(exception.Status.Detail)
            ? exception.StatusCode switch
            {
                StatusCode.DeadlineExceeded => "there was no answer in time",
                StatusCode.Cancelled => "the call was cut off",
                StatusCode.Unavailable => "nobody answers there",
                _ => $"the call ended with the status {exception.StatusCode}",
            }
            : ForeignText.Show(exception.Status.Detail);
}
