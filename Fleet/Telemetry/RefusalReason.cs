namespace Fleet.Telemetry;

/// <summary>Why an unroll is not learned from.</summary>
internal enum RefusalReason
{
    /// <summary>The message is damaged, of the wrong shape, or holds numbers that cannot be.</summary>
    Poisoned,

    /// <summary>Its parameters are too old, or newer than any that were published.</summary>
    Stale,
}
