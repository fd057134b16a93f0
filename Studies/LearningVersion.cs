namespace Studies;

/// <summary>Which numbers a seed gives.</summary>
internal static class LearningVersion
{
    /// <summary>
    /// Raised by every change that the changelog marks <b>learning</b>, so that a reproduction never mixes runs from before and after it.
    /// </summary>
    public const int Number = 9;
}
