namespace Environments.Remote;

/// <summary>The other side is dead, hangs or cannot be reached; a new one may do better.</summary>
/// <param name="message">Why, one line.</param>
internal sealed class BridgeLostException(string message) : IOException(message);
