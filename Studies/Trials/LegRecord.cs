namespace Studies.Trials;

/// <summary>A leg that was begun, and its result once it ended.</summary>
/// <param name="leg">The leg.</param>
internal sealed class LegRecord(Leg leg)
{
    /// <summary>The leg.</summary>
    public Leg Leg => leg;

    /// <summary>Its result; null while it trains.</summary>
    public LegResult? Result { get; internal set; }

    /// <summary>Whether it ended and can be gone on from.</summary>
    public bool IsWhole => Result is { Failure: null };
}
