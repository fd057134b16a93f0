namespace Studies.Search;

/// <summary>How asynchronous successive halving cuts.</summary>
internal enum HalvingForm
{
    /// <summary>Runs pause at a rung, and go on once they are among the best of it.</summary>
    Promotion,

    /// <summary>Runs that reach a rung below most of those before them are stopped for good; early ones pass whatever they are.</summary>
    Stopping,
}
