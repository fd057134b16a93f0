namespace Studies.Comparison;

/// <summary>A run that takes no part.</summary>
/// <param name="Folder">Run folder.</param>
/// <param name="Reason">Why, and what to do about it, as the end of a sentence.</param>
internal sealed record LeftOutRun(string Folder, string Reason);
