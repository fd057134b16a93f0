namespace Studies.Claims;

/// <summary>On which side of "no effect", or of the bar, a claim says that the number lies.</summary>
internal enum Expectation
{
    /// <summary>No side: the number is reported and gets no verdict.</summary>
    None,

    /// <summary>Below.</summary>
    Below,

    /// <summary>Above.</summary>
    Above,
}
