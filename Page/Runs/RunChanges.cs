namespace Page.Runs;

/// <summary>What is new since the runs were last looked at.</summary>
/// <param name="Changed">Runs that are new or say something else.</param>
/// <param name="Removed">Ids of runs whose folders are gone.</param>
internal sealed record RunChanges(IReadOnlyList<Run> Changed, IReadOnlyList<string> Removed)
{
    /// <summary>Whether nothing is new.</summary>
    public bool IsEmpty => Changed.Count == 0 && Removed.Count == 0;
}
