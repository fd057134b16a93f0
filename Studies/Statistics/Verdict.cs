namespace Studies.Statistics;

/// <summary>What the runs say about a claim.</summary>
internal enum Verdict
{
    /// <summary>Nothing was expected.</summary>
    None,

    /// <summary>The interval supports the claim.</summary>
    Seen,

    /// <summary>The interval contradicts the claim.</summary>
    NotSeen,

    /// <summary>The interval allows both, or there is none.</summary>
    Unclear,
}
