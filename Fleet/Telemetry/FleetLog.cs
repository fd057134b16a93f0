using Microsoft.Extensions.Logging;

namespace Fleet.Telemetry;

/// <summary>What a fleet learner logs, with its event ids.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(1, LogLevel.Information, "Actor {Actor} joined in slot {Slot} with {Copies} copies, start {Starts}.")]
    public static partial void Joined(ILogger log, string actor, int slot, int copies, long starts);

    [LoggerMessage(2, LogLevel.Information, "Actor {Actor} left.")]
    public static partial void Left(ILogger log, string actor);

    [LoggerMessage(3, LogLevel.Warning, "Actor {Actor} is not welcome: {Reason}")]
    public static partial void NotWelcome(ILogger log, string actor, string reason);

    [LoggerMessage(4, LogLevel.Warning, "A message of actor {Actor} was refused: {Defect}.")]
    public static partial void Refused(ILogger log, string actor, string defect);

    [LoggerMessage(5, LogLevel.Error, "Actor {Actor} is quarantined: {Reason}")]
    public static partial void Quarantined(ILogger log, string actor, string reason);

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "Unrolls {First} to before {Next} of actor {Actor} were acknowledged by a learner that is gone, and are lost."
    )]
    public static partial void Missing(ILogger log, string actor, long first, long next);

    [LoggerMessage(7, LogLevel.Information, "Listening on {Address}; run {Run}.")]
    public static partial void Listening(ILogger log, string address, string run);

    [LoggerMessage(
        8,
        LogLevel.Warning,
        "The journal cannot be written ({Reason}); unrolls are acknowledged after they were learned from until it can."
    )]
    public static partial void JournalFailed(ILogger log, string reason);

    [LoggerMessage(9, LogLevel.Information, "The journal can be written again.")]
    public static partial void JournalRecovered(ILogger log);

    [LoggerMessage(10, LogLevel.Information, "{Count} unrolls of the journal are learned from before new ones.")]
    public static partial void Replaying(ILogger log, long count);

    [LoggerMessage(11, LogLevel.Warning, "A call from {Peer} without the right token was turned away.")]
    public static partial void Stranger(ILogger log, string peer);

    [LoggerMessage(12, LogLevel.Warning, "The stream of actor {Actor} broke: {Reason}")]
    public static partial void Broken(ILogger log, string actor, string reason);

    [LoggerMessage(13, LogLevel.Information, "Stopping: {Reason}")]
    public static partial void Stopping(ILogger log, string reason);

    [LoggerMessage(14, LogLevel.Warning, "The end of journal segment {Segment} is damaged and was left out: {Reason}")]
    public static partial void JournalDamaged(ILogger log, string segment, string reason);

    [LoggerMessage(15, LogLevel.Information, "The run is complete; the ports stay open until this process is stopped.")]
    public static partial void Staying(ILogger log);

    [LoggerMessage(16, LogLevel.Error, "The call {Method} failed.")]
    public static partial void CallFailed(ILogger log, Exception exception, string method);

    [LoggerMessage(
        17,
        LogLevel.Warning,
        "{Address} has {Limit} connections and takes no more, since this process may open only {Files} files. Raise that with 'ulimit -n', or find out who connects."
    )]
    public static partial void Full(ILogger log, string address, int limit, long files);

    [LoggerMessage(
        18,
        LogLevel.Warning,
        "An unroll of actor {Actor} was acted with statistics of update {Version}, which are no longer known: it is learned from with the newest ones, as if a newer policy looked at it. More of these are counted in agents.unrolls.other_statistics."
    )]
    public static partial void OtherStatistics(ILogger log, string actor, long version);
}
