namespace Actors.Fleet;

/// <summary>The environments hang or threw; they have been given up.</summary>
internal sealed class EnvironmentsFailedException(string message, Exception? cause = null) : Exception(message, cause);
