namespace Studies.Claims;

/// <summary>What expectations have in common.</summary>
internal static class Expectations
{
    /// <summary>Whether the number should lie above; else below.</summary>
    /// <param name="expected">One of the two.</param>
    public static bool IsAbove(this Expectation expected) =>
        expected switch
        {
            Expectation.Above => true,
            Expectation.Below => false,
            _ => throw new InvalidOperationException($"An expectation of {expected} has no side."),
        };
}
