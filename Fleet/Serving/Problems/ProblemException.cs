namespace Fleet.Serving.Problems;

/// <summary>A request asks what cannot be answered.</summary>
/// <param name="kind">What kind of trouble it is.</param>
/// <param name="field">Where in the body; null where it is about no field.</param>
/// <param name="detail">What is wrong, and what was expected.</param>
internal sealed class ProblemException(ProblemKind kind, string? field, string detail) : ArgumentException(detail)
{
    /// <summary>What the caller is told.</summary>
    public Problem Problem { get; } = new(kind, detail, field);
}
