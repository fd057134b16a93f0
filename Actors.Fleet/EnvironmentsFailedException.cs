namespace Actors.Fleet;

/// <summary>The environments hang or threw; they have been given up.</summary>
internal sealed class EnvironmentsFailedException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether a thread that does not return still holds them, so that nobody else may dispose of them.</summary>
    public bool AreLost { get; init; }
}
