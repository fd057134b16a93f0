namespace Agents.Files;

/// <summary>What a disk that is full, gone or forbidden throws.</summary>
internal static class DiskFailure
{
    /// <summary>Whether an exception of a file operation is the disk's fault.</summary>
    /// <remarks>A file that may not grow further (EFBIG: quotas, <c>ulimit -f</c>) is reported as an argument out of range.</remarks>
    public static bool IsOne(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };
}
